import { setTimeout } from 'node:timers/promises';
import type { z } from 'zod';
import { NeonFailure, neonFailure } from './neon-failure.js';

export interface Calling {
  readonly patience: Patience;
  readonly signal: AbortSignal | undefined;
  readonly redact: (text: string) => string;
}

type Send = (config: { readonly signal: AbortSignal }) => Promise<{ readonly data: unknown }>;

/**
 * Sends a request until it is answered, and gives the answer's body. What Neon refused for now is always sent again;
 * what may have taken effect only when that does no harm. @throws NeonFailure
 */
export async function send(request: Send, calling: Calling & { readonly isRepeatable: boolean }): Promise<unknown> {
  const { patience, signal, redact, isRepeatable } = calling;
  const pause = createPause({ firstMs: patience.firstPauseMs, longestMs: patience.longestPauseMs, limitMs: patience.busyMs, signal });
  for (let unanswered = 0; ;) {
    const timeout = AbortSignal.timeout(patience.answerMs);
    try {
      const { data } = await request({ signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]) });
      return data;
    } catch (error) {
      signal?.throwIfAborted();
      const failure = neonFailure(error, redact);
      unanswered += failure.isUnknownOutcome ? 1 : 0;
      const isWorthIt = failure.isRefusedForNow || (isRepeatable && failure.isUnknownOutcome && unanswered < patience.unansweredTries);
      if (!isWorthIt || !(await pause(failure.retryAfterMs))) {
        throw failure;
      }
    }
  }
}

/** An answer, or null when Neon has no such thing. */
export async function orNull(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NeonFailure && error.status === 404) return null;
    throw error;
  }
}

/** An answer's parts. The error is without its cause: what was answered may hold a password. */
export function parse<T>(schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) {
    return parsed.data;
  }
  const places = parsed.error.issues.map((issue) => issue.path.map(String).join('.') || 'the whole');
  throw new Error(`An answer of Neon is not as its API says: ${[...new Set(places)].join(', ')}`);
}

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
