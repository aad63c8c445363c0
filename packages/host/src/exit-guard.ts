import { setTimeout as sleep } from 'node:timers/promises';
import { signalProcessGroup, type ProcessGroup } from './process-group.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

// Time for what waited for the commands to clean up. With the 3.5 s that ending a group may take, it stays below Nx's five.
const UNWIND_MS = 1_000;

const guarded = new Map<ProcessGroup, () => Promise<void>>();
let isEnding = false;

/**
 * Calls `end` when this process gets SIGINT, SIGTERM or SIGHUP, and lets the signal take its course a second afterwards;
 * kills the group at once when this process exits. Returns what ends the watch.
 */
export function guardProcessGroup(group: ProcessGroup, end: () => Promise<void>): () => void {
  if (guarded.size === 0) {
    SIGNALS.forEach((signal) => process.on(signal, onSignal));
    process.on('exit', killGuarded);
  }
  guarded.set(group, end);
  return () => {
    guarded.delete(group);
    if (guarded.size === 0 && !isEnding) {
      unregister();
    }
  };
}

/** True between a signal and its course: nothing new is to be started. */
export function isProcessEnding(): boolean {
  return isEnding;
}

function onSignal(signal: NodeJS.Signals): void {
  if (isEnding) {
    killGuarded();
    return;
  }
  isEnding = true;
  void Promise.allSettled([...guarded.values()].map((end) => end())).then(async () => {
    guarded.clear();
    await sleep(UNWIND_MS);
    unregister();
    isEnding = false;
    process.kill(process.pid, signal);
  });
}

function killGuarded(): void {
  [...guarded.keys()].forEach((group) => signalProcessGroup(group, 'SIGKILL'));
}

function unregister(): void {
  SIGNALS.forEach((signal) => process.off(signal, onSignal));
  process.off('exit', killGuarded);
}
