import { Octokit } from '@octokit/core';
import { retry } from '@octokit/plugin-retry';
import { createBoundedFetch } from './bounded-fetch.js';
import { parseGitHubFailure, type GitHubFailure } from './github-failure.js';
import type { GitHubPlace } from './github-place.js';

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

export interface GitHubClient {
  fetchIssue(number: number): Promise<GitHubAnswer>;
  /** What GitHub's own issue dependencies hold for an issue. */
  fetchBlockers(number: number): Promise<GitHubAnswer>;
  fetchPullRequest(number: number): Promise<GitHubAnswer>;
  /** Open, merged and closed ones of a branch of the repository's owner, newest first, a hundred at most. */
  fetchPullRequests(branch: string): Promise<GitHubAnswer>;
}

interface GitHubClientOptions {
  readonly place: GitHubPlace;
  readonly token: string | null;
  readonly timing: GitHubTiming;
}

const RETRIES = 2;
const MAX_RETRY_AFTER = 30;
const NEVER_RETRIED_PLAINLY = [400, 401, 403, 404, 410, 422, 429, 451];
const API_VERSION = '2022-11-28';
const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** A client of GitHub's REST API for one repository: a few tries, and no token in what it returns. */
export function createGitHubClient({ place, token, timing }: GitHubClientOptions): GitHubClient {
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
  const get = async (route: string, parameters: Readonly<Record<string, number | string>>): Promise<GitHubAnswer> => {
    try {
      const { data } = await octokit.request(`GET /repos/{owner}/{repo}${route}`, {
        owner,
        repo,
        headers,
        ...parameters,
      });
      return { kind: 'answered', data };
    } catch (error) {
      return { kind: 'failed', failure: parseGitHubFailure(error, token) };
    }
  };
  return {
    fetchIssue: (number) => get('/issues/{number}', { number }),
    fetchBlockers: (number) => get('/issues/{number}/dependencies/blocked_by', { number, per_page: 100 }),
    fetchPullRequest: (number) => get('/pulls/{number}', { number }),
    fetchPullRequests: (branch) =>
      get('/pulls', { state: 'all', head: `${owner}:${branch}`, sort: 'created', direction: 'desc', per_page: 100 }),
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
