import { setTimeout as sleep } from 'node:timers/promises';
import { endProcessGroup, type ProcessGroup, signalProcessGroup } from '@nx-fleet/system';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

// Nx 24 sends SIGKILL five seconds after a signal: all that follows from one stays below.
const UNWIND_MS = 1_000;
const UNWIND_UNTIL_MS = 4_400;
const POLL_MS = 25;

/** Something that a signal must not leave behind. */
export interface Guarded {
  /** Ends it, awaited before the signal takes its course. */
  readonly end: () => Promise<void>;
  /** Ends it at once: this process exits. */
  readonly endNow: () => void;
}

const guarded = new Set<Guarded>();
/** What follows from the end of those above, last. */
const leftovers = new Set<Guarded>();
const work = new Set<AbortController>();
let isEnding = false;
let isRegistered = false;

/** Guards a process or what represents one. @returns what ends that */
export function guard(thing: Guarded): () => void {
  return addTo(guarded, thing);
}

/** Guards a folder: it goes once all processes are gone and all work has come to its end. @returns what ends that */
export function guardLeftover(thing: Guarded): () => void {
  return addTo(leftovers, thing);
}

export function guardProcessGroup(group: ProcessGroup, end: () => Promise<void>): () => void {
  return guard({ end, endNow: () => signalProcessGroup(group, 'SIGKILL') });
}

/** Guards a group without a mark, such as that of a git: what it has started to stay, as an agent of SSH, stays. */
export function guardPlainGroup(leader: number): () => void {
  const group: ProcessGroup = { leader, mark: null };
  // git removes its lock files on SIGTERM.
  return guard({ end: () => endProcessGroup(group), endNow: () => signalProcessGroup(group, 'SIGTERM') });
}

export interface GuardedWork {
  /** Aborted when this process gets SIGINT, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal;
  /** The work is done: the signal need not wait for it any longer. */
  stop(): void;
}

/** Has a signal abort some work, and wait until it has cleaned up, for a few seconds. */
export function guardWork(): GuardedWork {
  const controller = new AbortController();
  if (isEnding) controller.abort();
  return { signal: controller.signal, stop: addTo(work, controller) };
}

/** True between a signal and its course: nothing new is to be started. */
export function isProcessEnding(): boolean {
  return isEnding;
}

function addTo<Thing>(things: Set<Thing>, thing: Thing): () => void {
  if (!isRegistered) {
    isRegistered = true;
    SIGNALS.forEach((signal) => process.on(signal, onSignal));
    process.on('exit', endAllNow);
  }
  things.add(thing);
  return () => {
    things.delete(thing);
    if (guarded.size + leftovers.size + work.size === 0 && !isEnding) unregister();
  };
}

function onSignal(signal: NodeJS.Signals): void {
  if (isEnding) {
    [...guarded].forEach(({ endNow }) => endNow());
    return;
  }
  isEnding = true;
  const hasWork = work.size > 0;
  const unwindUntil = performance.now() + UNWIND_UNTIL_MS;
  [...work].forEach((controller) => controller.abort());
  void Promise.allSettled([...guarded].map(({ end }) => end())).then(async () => {
    if (!hasWork) await sleep(UNWIND_MS);
    while (work.size > 0 && performance.now() < unwindUntil) await sleep(POLL_MS);
    endAllNow();
    guarded.clear();
    leftovers.clear();
    unregister();
    isEnding = false;
    process.kill(process.pid, signal);
  });
}

function endAllNow(): void {
  [...guarded, ...leftovers].forEach(({ endNow }) => endNow());
}

function unregister(): void {
  isRegistered = false;
  SIGNALS.forEach((signal) => process.off(signal, onSignal));
  process.off('exit', endAllNow);
}
