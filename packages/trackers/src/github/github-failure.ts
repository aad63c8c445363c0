import { printableLine, UserError } from '@nx-fleet/core';
import { z } from 'zod';

/** How asking GitHub failed, without anything of the request: that holds the token. */
export interface GitHubFailure {
  /** HTTP status, or null when no answer came. */
  readonly status: number | null;
  readonly timedOut: boolean;
  /** One line, printable, without the token. */
  readonly message: string;
  readonly retryAfterSeconds: number | null;
  /** When the used-up rate limit starts again, or null when it is not used up. */
  readonly limitResetsAt: Date | null;
}

/** What a failure is reported with. */
export interface FailedQuestion {
  /** `Issue "42" of owner/name` */
  readonly subject: string;
  readonly repository: string;
  readonly apiUrl: string;
  readonly anonymous: boolean;
  /** What the token has to be allowed to read or write. @default issues */
  readonly kind?: 'issues' | 'pull requests';
  /** What was tried. @default read */
  readonly access?: 'read' | 'write';
}

const requestError = z.object({
  status: z.number(),
  message: z.string(),
  response: z.object({ headers: z.record(z.string(), z.unknown()) }).optional(),
  cause: z
    .object({
      name: z.string(),
      message: z.string(),
      cause: z
        .object({ message: z.string(), code: z.string().optional().catch(undefined) })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});
const count = z.coerce.number().int().nonnegative();
const headersSchema = z.object({
  'retry-after': count.nullish().catch(null),
  'x-ratelimit-remaining': count.nullish().catch(null),
  'x-ratelimit-reset': count.max(8_640_000_000_000).nullish().catch(null),
});

/** Reads what Octokit threw. @throws Error when it is not a failed request; its text is kept without the token */
export function parseGitHubFailure(error: unknown, token: string | null): GitHubFailure {
  const parsed = requestError.safeParse(error);
  if (!parsed.success) {
    const message = z.object({ message: z.string() }).safeParse(error).data?.message ?? 'unknown';
    throw new Error('The answer of GitHub could not be processed', {
      cause: { message: redacted(message, token) },
    });
  }
  const { status, message, response, cause } = parsed.data;
  const headers = headersSchema.parse(response?.headers ?? {});
  const reset = headers['x-ratelimit-reset'] ?? null;
  return {
    status: response === undefined ? null : status,
    timedOut: cause?.name === 'TimeoutError',
    // Node's fetch says only that it failed; why is in its cause.
    message: redacted(cause?.cause?.message || cause?.cause?.code || cause?.message || message, token),
    retryAfterSeconds: headers['retry-after'] ?? null,
    limitResetsAt: headers['x-ratelimit-remaining'] === 0 && reset !== null ? new Date(reset * 1000) : null,
  };
}

/** A failure as the user reads it: repository, issue, status, and what to do. */
export function describeGitHubFailure(failure: GitHubFailure, question: FailedQuestion): UserError {
  const { status, message } = failure;
  const tried = question.access === 'write' ? 'written' : 'read';
  return new UserError(`${question.subject} could not be ${tried}: ${explain(failure, question)}`, {
    cause: { status, message },
  });
}

function explain(failure: GitHubFailure, question: FailedQuestion): string {
  const { status, limitResetsAt, retryAfterSeconds } = failure;
  const host = new URL(question.apiUrl).host;
  const logIn = 'set GITHUB_TOKEN, or run: gh auth login';
  if (status === null) {
    return failure.timedOut
      ? `${host} did not answer in time. Try again, or check the network.`
      : `${host} is not reachable (${failure.message}). Check the network and "tracker.apiUrl".`;
  }
  const answered = `GitHub answered ${status}`;
  if (status === 403 || status === 429) {
    if (limitResetsAt !== null) {
      const more = question.anonymous ? ` With a token the limit is higher: ${logIn}.` : '';
      return `${answered}, the rate limit is used up until ${limitResetsAt.toISOString()}. Try again then.${more}`;
    }
    if (retryAfterSeconds !== null || status === 429) {
      return `${answered}, too many requests. Try again in ${retryAfterSeconds ?? 60} seconds.`;
    }
  }
  return `${answered}${advise(status, question, logIn)}`;
}

function advise(status: number, { repository, anonymous, kind = 'issues', access = 'read' }: FailedQuestion, logIn: string): string {
  const needed = `${access} access to the ${kind} of ${repository}${access === 'write' ? ' (in a workflow: "permissions: pull-requests: write")' : ''}`;
  switch (status) {
    case 401:
      return `, the token is not valid. Set a valid GITHUB_TOKEN, or unset it and run: gh auth login`;
    case 403:
      return anonymous
        ? `, and no token was found. Without one this is not allowed: ${logIn}.`
        : `, the token may not do this. Give it ${needed}, and authorize it for the organization if that uses single sign-on.`;
    case 404:
      return anonymous
        ? `. It does not exist, or it is not public and no token was found: check the number and the repository, or ${logIn}.`
        : `. It does not exist, or the token cannot see it: check the number and the repository, and that the token has ${needed}.`;
    case 410:
      return `, it was deleted. Give another one.`;
    default:
      return status >= 500
        ? `, a fault on its side. Try again later; see https://www.githubstatus.com`
        : `. Check "tracker" in the options.`;
  }
}

function redacted(message: string, token: string | null): string {
  return printableLine(token === null ? message : message.replaceAll(token, '***'));
}
