import { RUN_VARIABLE } from '@nx-fleet/system';
import { guardWork } from './exit-guard.js';
import { deadMarks } from './run-mark.js';

const POLL_MS = 500;

export interface OrphanWatch {
  /** Aborted once no process is left that waits for this one, or a signal ends this one. */
  readonly signal: AbortSignal;
  stop(): void;
}

/**
 * Has a signal that ends this process wait for the work to clean up; and watches whether the process that started this one is gone, or one of the runs around it lost its process: a killed Nx tells its tasks nothing.
 * @param env where the marks of the runs around this process stand
 */
export function watchOrphaned(env: Readonly<Record<string, string | undefined>>): OrphanWatch {
  const parent = process.ppid;
  const outer = env[RUN_VARIABLE] ?? '';
  const controller = new AbortController();
  const timer = setInterval(() => {
    if (process.ppid !== parent || deadMarks(outer).length > 0) controller.abort();
  }, POLL_MS);
  timer.unref();
  const work = guardWork();
  return {
    signal: AbortSignal.any([controller.signal, work.signal]),
    stop() {
      clearInterval(timer);
      work.stop();
    },
  };
}
