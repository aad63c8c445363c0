import type { AgentOutcome } from './agent.js';

/** How one run of an agent ended, among the runs for one question. */
export interface RunEnding {
  readonly kind: AgentOutcome['kind'];
  /** What the program itself says about when to try again, in milliseconds. @default it says nothing */
  readonly retryAfterMs?: number;
  /** How many runs there were, this one counted. */
  readonly runs: number;
  /** Time spent waiting between them, in milliseconds. */
  readonly waitedMs: number;
  /** Whether this run had the fallback model already. */
  readonly isFallback: boolean;
}

export interface RetryLimits {
  /** Longest time that may be spent waiting for one question, in milliseconds; 0 means never. */
  readonly maxWaitMs: number;
  readonly hasFallback: boolean;
}

/** What to do after a run. */
export type NextRun =
  | { readonly kind: 'none' }
  | { readonly kind: 'same-model'; readonly waitMs: number }
  | { readonly kind: 'fallback-model' };

// Agents retry by themselves for some ten seconds before they give up, so ours begin where theirs end.
const FIRST_WAIT_MS = 15_000;
const LONGEST_WAIT_MS = 120_000;
// A program that says "now" again and again is not to be believed for ever.
const SHORTEST_WAIT_MS = 1_000;
const MAX_RUNS = 8;

/**
 * What follows from the end of a run. Only a rate limit or an overload passes by itself: it is waited for, twice as long each time, or as long as
 * the program says, and where that takes too long the fallback model is asked at once. A refused login, a denial, a spent budget, a crash or a
 * time-out would be the same again.
 */
export function planNextRun(ending: RunEnding, { maxWaitMs, hasFallback }: RetryLimits): NextRun {
  const { kind, retryAfterMs, runs, waitedMs, isFallback } = ending;
  if (kind !== 'rate-limited') return { kind: 'none' };
  const waitMs = retryAfterMs === undefined ? backOffMs(runs) : Math.max(retryAfterMs, SHORTEST_WAIT_MS);
  if (runs < MAX_RUNS && waitedMs + waitMs <= maxWaitMs) return { kind: 'same-model', waitMs };
  return hasFallback && !isFallback ? { kind: 'fallback-model' } : { kind: 'none' };
}

function backOffMs(runs: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** (runs - 1), LONGEST_WAIT_MS);
}

/** Waits; an aborted signal ends the wait early, and is for the caller to look at. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, milliseconds);
    signal?.addEventListener('abort', finish, { once: true });
    if (signal?.aborted === true) finish();
  });
}
