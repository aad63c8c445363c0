import { Octokit } from '@octokit/core';
import { retry } from '@octokit/plugin-retry';
import { z } from 'zod';
import { type GitHubFailure, parseGitHubFailure } from './github-failure.js';
import type { GitHubPlace } from './github-place.js';
import { createBoundedFetch } from '../bounded-fetch.js';

export interface GitHubTiming {
  /** Limit of one try, in milliseconds. */
  readonly timeoutMs: number;
  /** Length of the unit that waits between tries are counted in: a second, in milliseconds. */
  readonly waitUnitMs: number;
  /** Tries after the first. @default 2 */
  readonly retries?: number;
  /** The longest `Retry-After` that is waited for, in units. @default 30 */
  readonly maxRetryAfter?: number;
}

/** What GitHub answered to a question that it took, or how asking failed after all tries. */
export type GitHubAnswer =
  | { readonly kind: 'answered'; readonly data: unknown }
  | { readonly kind: 'failed'; readonly failure: GitHubFailure };

export interface GitHubRequestOptions {
  readonly place: GitHubPlace;
  readonly token: string | null;
  readonly timing: GitHubTiming;
}

const RETRIES = 2;
const MAX_RETRY_AFTER = 30;
const NEVER_RETRIED_PLAINLY = [400, 401, 403, 404, 410, 422, 429, 451];
const API_VERSION = '2022-11-28';
const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** Asks GitHub's REST API by a route such as `GET /repos/{owner}/{repo}/issues/{number}`; where it names them, owner and repository are filled in. */
export type GitHubRequest = (route: string, parameters: Readonly<Record<string, number | string>>) => Promise<GitHubAnswer>;

/**
 * Requests about one repository: a few tries each, and no token in what is returned. What creates something ("POST /…") is sent again only where
 * GitHub refused it for now: without an answer it may have been created.
 */
export function createGitHubRequest({ place, token, timing }: GitHubRequestOptions): GitHubRequest {
  const [owner = '', repo = ''] = place.repository.split('/');
  const { retries = RETRIES, maxRetryAfter = MAX_RETRY_AFTER } = timing;
  const RetryingOctokit = Octokit.plugin((instance: Octokit) => honourRetryAfter(instance, { retries, maxRetryAfter }), retry);
  const octokit = new RetryingOctokit({
    baseUrl: place.apiUrl,
    userAgent: 'nx-fleet',
    log: SILENT,
    request: { fetch: createBoundedFetch(timing.timeoutMs), log: SILENT },
    retry: {
      retries,
      retryAfterBaseValue: timing.waitUnitMs,
      doNotRetry: NEVER_RETRIED_PLAINLY,
    },
    ...(token === null ? {} : { auth: token }),
  });
  const headers = { 'x-github-api-version': API_VERSION };
  return async (route, parameters) => {
    try {
      const place = route.includes('{owner}') ? { owner, repo } : {};
      const once = route.startsWith('POST /') ? { request: { retries: 0 } } : {};
      const { data } = await octokit.request(route, { ...place, ...once, headers, ...parameters });
      return { kind: 'answered', data };
    } catch (error) {
      return { kind: 'failed', failure: parseGitHubFailure(error, token) };
    }
  };
}

interface Patience {
  readonly retries: number;
  readonly maxRetryAfter: number;
}

/** Registered before the retry plugin, whose wrapper then does the waiting. */
function honourRetryAfter(octokit: Octokit, { retries, maxRetryAfter }: Patience): void {
  octokit.hook.error('request', (error) => {
    const { status, retryAfterSeconds } = parseGitHubFailure(error, null);
    const limited = status === 403 || status === 429;
    if (limited && retryAfterSeconds !== null && retryAfterSeconds <= maxRetryAfter && 'request' in error) {
      Object.assign(error.request.request ?? {}, {
        retries,
        retryAfter: retryAfterSeconds,
      });
    }
    throw error;
  });
}

function ignore(): void {
  // What Octokit would log goes into errors instead.
}

/** An issue as GitHub's REST API gives it; what we do not need is left out. */
export const issueAnswer = z.object({
  number: z.number().int(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.enum(['open', 'closed']),
  html_url: z.url({ protocol: /^https?$/ }),
  pull_request: z.unknown().optional(),
});

/** Issues that block another one; they may be of other repositories. */
export const blockersAnswer = z.array(
  z.object({
    number: z.number().int(),
    state: z.enum(['open', 'closed']),
    repository_url: z.string(),
  }),
);

export type BlockersAnswer = z.infer<typeof blockersAnswer>;

/** A pull request; the repository that its branch is in is gone when it was deleted. */
export const pullRequestAnswer = z.object({
  number: z.number().int(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.enum(['open', 'closed']),
  merged_at: z.string().nullish(),
  html_url: z.url({ protocol: /^https?$/ }),
  head: z.object({
    ref: z.string().min(1),
    sha: z.string().regex(/^[\da-f]{40,64}$/),
    repo: z.object({ full_name: z.string() }).nullish(),
  }),
  base: z.object({ ref: z.string().min(1), repo: z.object({ full_name: z.string() }) }),
});

export const pullRequestsAnswer = z.array(pullRequestAnswer);

export type PullRequestAnswer = z.infer<typeof pullRequestAnswer>;
