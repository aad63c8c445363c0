import { setTimeout } from 'node:timers/promises';

/** How long Neon is waited for. All values are in milliseconds, but for `unansweredTries`. */
export interface Patience {
  /** Limit for one answer of the API. */
  readonly answerMs: number;
  /** Limit for one call that is sent again while Neon is busy or limits the rate. */
  readonly busyMs: number;
  /** Limit for a branch to become ready, and then for its database to take a connection. */
  readonly readyMs: number;
  /** How long an operation may stay failed: Neon tries some again by itself. */
  readonly failedMs: number;
  /** Upper bound of the first pause between two tries; it doubles with each. */
  readonly firstPauseMs: number;
  /** Upper bound of a pause between two tries of a call. */
  readonly longestPauseMs: number;
  /** Upper bound of a pause between two looks at something that is under way. */
  readonly longestPollMs: number;
  /** How often a call without an answer, or with one that says nothing of its outcome, is tried before it is given up. */
  readonly unansweredTries: number;
}

export const PATIENCE: Patience = {
  answerMs: 20_000,
  busyMs: 180_000,
  readyMs: 180_000,
  failedMs: 15_000,
  firstPauseMs: 250,
  longestPauseMs: 10_000,
  longestPollMs: 2_000,
  unansweredTries: 4,
};

interface PauseLimits {
  readonly firstMs: number;
  readonly longestMs: number;
  readonly limitMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Waits, longer each time and by chance, so that those who met do not meet again; `leastMs` is added.
 * False, at once, when the time would be over before the pause is.
 */
export type Pause = (leastMs?: number) => Promise<boolean>;

/** Pauses whose limit counts from now. */
export function createPause({ firstMs, longestMs, limitMs, signal }: PauseLimits): Pause {
  const endMs = performance.now() + limitMs;
  let boundMs = Math.min(firstMs, longestMs);
  return async (leastMs = 0) => {
    const pauseMs = leastMs + Math.random() * boundMs;
    boundMs = Math.min(boundMs * 2, longestMs);
    if (performance.now() + pauseMs > endMs) {
      return false;
    }
    await setTimeout(pauseMs, undefined, signal === undefined ? {} : { signal });
    return true;
  };
}
