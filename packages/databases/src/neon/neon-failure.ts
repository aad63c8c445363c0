import { printableLine, UserError } from '@nx-fleet/core';
import { z } from 'zod';
import type { NeonAccount } from './neon-account.js';

const SECOND_MS = 1000;
const PASSWORD_IN_URL = /(:\/\/[^\s/:@]*:)\S*@/g;

const clientErrorSchema = z.object({
  code: z.string().optional().catch(undefined),
  response: z
    .object({ status: z.int(), data: z.unknown(), headers: z.object({ 'retry-after': z.string() }).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

const answerSchema = z.object({
  code: z.string().catch(''),
  message: z.string().catch(''),
  request_id: z.string().optional().catch(undefined),
});

interface NeonFailureFields {
  readonly status: number | null;
  readonly code: string;
  readonly answer: string;
  readonly requestId: string | null;
  readonly retryAfterMs: number;
}

/** A call of Neon's API that did not succeed: all that is kept of the client's error, which holds the key and whole requests. */
export class NeonFailure extends Error {
  override readonly name = 'NeonFailure';
  /** Null when no answer came: the call may have taken effect. */
  readonly status: number | null;
  /** Neon's error code, or that of the connection. */
  readonly code: string;
  readonly requestId: string | null;
  /** What Neon asks to wait; 0 when it says nothing. */
  readonly retryAfterMs: number;

  constructor({ status, code, answer, requestId, retryAfterMs }: NeonFailureFields) {
    const details = [code, requestId === null ? '' : `request ${requestId}`].filter(Boolean).join(', ');
    const message = status === null ? 'Neon gave no answer' : `Neon answered ${status}${answer === '' ? '' : ` "${answer}"`}`;
    super(details === '' ? message : `${message} (${details})`);
    this.status = status;
    this.code = code;
    this.requestId = requestId;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether Neon did not start on the call: it says about 423 and 503 that any request may be sent again, and 429 stops them at the door. */
  get isRefusedForNow(): boolean {
    return this.status === 423 || this.status === 429 || this.status === 503;
  }

  /** Whether nothing is known of the call's outcome. */
  get isUnknownOutcome(): boolean {
    return this.status === null || this.status === 500 || this.status === 502 || this.status === 504;
  }
}

/** What may be told of an error that the client threw. */
export function neonFailure(error: unknown, redact: (text: string) => string): NeonFailure {
  const parsed = clientErrorSchema.safeParse(error);
  const { code = 'no code', response } = parsed.data ?? {};
  const line = (text: string): string => printableLine(redact(text).replace(PASSWORD_IN_URL, '$1***@'));
  if (response === undefined) {
    return new NeonFailure({ status: null, code: line(code), answer: '', requestId: null, retryAfterMs: 0 });
  }
  const answer = answerSchema.safeParse(response.data).data ?? { code: '', message: '', request_id: undefined };
  return new NeonFailure({
    status: response.status,
    code: line(answer.code),
    answer: line(answer.message),
    requestId: answer.request_id === undefined ? null : line(answer.request_id),
    retryAfterMs: delayOf(response.headers?.['retry-after']),
  });
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function delayOf(retryAfter: string | undefined): number {
  if (retryAfter === undefined) return 0;
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter) * SECOND_MS;
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? 0 : Math.max(0, date - Date.now());
}

/** A failure in the user's words, or as it is when it is Neon's own. */
export function explainFailure(failure: NeonFailure, { apiUrl, projectId }: NeonAccount): Error {
  const advice = adviceOn(failure, { apiUrl, projectId });
  return advice === null ? failure : new UserError(`${printableLine(failure.message, 400)}. ${advice}`, { cause: failure });
}

function adviceOn(failure: NeonFailure, { apiUrl, projectId }: Pick<NeonAccount, 'apiUrl' | 'projectId'>): string | null {
  const { status } = failure;
  if (status === null) {
    return `Check that "${printableLine(new URL(apiUrl).host)}" can be reached from here, and run this again: finished steps are kept.`;
  }
  if (failure.isRefusedForNow) {
    return 'It is busy, or this account calls it too often. Run this again later: finished steps are kept.';
  }
  if (status === 401 || status === 403) {
    return `Set "NEON_API_KEY" to a key that may use the project "${projectId}".`;
  }
  if (status === 404) {
    return `Check "database.projectId" or "NEON_PROJECT_ID" ("${projectId}"), and the names under "database".`;
  }
  return status >= 400 && status < 500 ? 'Fix what it reports, and run this again.' : null;
}
