import { randomUUID } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess, isInside, isProcessAlive, marksOf, pidNamespace, processIds, RUN_VARIABLE } from '@nx-fleet/system';
import { guardWork } from './exit-guard.js';

/** What a mark tells of its run. */
export interface RunMark {
  readonly mark: string;
  /** The folder that the run was started in. */
  readonly folder: string;
}

/**
 * A unique text for one run, which tells the process that started it and the folder: `4711@<start>@<pid namespace>@<folder>@<uuid>`. Marks of runs
 * inside runs are joined by a slash, which therefore no part holds.
 * @param folder real path
 */
export function newRunMark(folder: string): string {
  const { pid, startedAt } = identifyProcess(process.pid);
  return [pid, startedAt ?? '', namespace(), encodeURIComponent(folder), randomUUID()].join('@');
}

/** Those of the joined marks whose process was ended before it could end its run. */
function deadMarks(joined: string): readonly RunMark[] {
  return joined.split('/').flatMap((mark) => {
    const [pid, startedAt, place, folder, id] = mark.split('@');
    // A process id of another namespace, as in a sandbox, means nothing here.
    if (folder === undefined || id === undefined || place !== namespace()) return [];
    return isProcessAlive({ pid: Number(pid), startedAt: startedAt || null }) ? [] : [{ mark, folder: decodeURIComponent(folder) }];
  });
}

function namespace(): string {
  return pidNamespace().replace(/\D/g, '');
}

const GIVE_UP_MS = 3_000;
const END_POLL_MS = 25;

/** A reader's folder in the temporary one. */
const SCRATCH = /^nx-fleet-[0-9a-f]{6}-\d+-[0-9a-f]{6}-[A-Za-z0-9]{6}(?:\/|$)/;

/**
 * Ends the runs that were started in a folder, or where readers work, and whose own process was killed, with all that they started. Only Linux shows them.
 * @returns how many processes there were
 */
export async function endStrays(directory: string): Promise<number> {
  if (process.platform !== 'linux') return 0;
  const root = await realpath(directory);
  const temporary = await realpath(tmpdir());
  const isOurs = (folder: string): boolean => isInside(folder, root) || SCRATCH.test(path.relative(temporary, folder));
  const dead = [...new Set(processIds().map(marksOf))].flatMap(deadMarks);
  const marks = new Set(dead.filter(({ folder }) => isOurs(folder)).map(({ mark }) => mark));
  const ended = new Set<number>();
  const giveUpAt = performance.now() + GIVE_UP_MS;
  for (let left = living(marks); left.length > 0 && performance.now() < giveUpAt; left = living(marks)) {
    left.forEach((pid) => ended.add(pid) && kill(pid));
    await sleep(END_POLL_MS);
  }
  return ended.size;
}

function living(marks: ReadonlySet<string>): readonly number[] {
  if (marks.size === 0) return [];
  return processIds().filter((pid) => {
    const joined = marksOf(pid).split('/');
    return pid !== process.pid && joined.some((mark) => marks.has(mark)) && isProcessAlive({ pid, startedAt: null });
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const ORPHAN_POLL_MS = 500;

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
  }, ORPHAN_POLL_MS);
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
