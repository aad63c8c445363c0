import type { z } from 'zod';
import { NeonFailure, neonFailure } from './neon-failure.js';
import { createPause, type Patience } from './patience.js';

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
