import { printableLine, UserError, type Issue, type Tracker } from '@nx-fleet/core';
import type { TrackerContext } from '../create-tracker.js';
import { parseBodyBlockers } from '../body-blockers.js';
import { blockersAnswer, issueAnswer } from './github-answer.js';
import { linkedBlockers, readIssueNumber } from './github-blockers.js';
import { createGitHubClient, type GitHubClient } from './github-client.js';
import { requireAnswer, type GitHubConnection } from './github-connection.js';
import type { FailedQuestion } from './github-failure.js';
import { requireGitHubPlace, type GitHubPlace, type GitHubSettings } from './github-place.js';
import { fetchPullRequest, fetchPullRequestsOf } from './github-pull-requests.js';
import { requireIssueNumber } from './github-reference.js';
import type { GitHubAnswer, GitHubTiming } from './github-request.js';
import { findGitHubToken } from './github-token.js';

const TIMING: GitHubTiming = { timeoutMs: 15_000, waitUnitMs: 1000 };
/** A user who removes a worktree waits for the answer: about ten seconds in all. */
const PULL_REQUEST_TIMING = { timeoutMs: 5000, retries: 1, maxRetryAfter: 3 };
/** Blockers in a text whose state is asked for. */
const MAX_LOOKUPS = 50;
/** GitHub's answers where it has no issue dependencies, or does not show them to this token. */
const WITHOUT_DEPENDENCIES: readonly (number | null)[] = [403, 404, 410];

/** Issues and pull requests of one GitHub repository. */
export function createGitHubTracker(settings: GitHubSettings, context: TrackerContext, timing: GitHubTiming = TIMING): Tracker {
  let token: Promise<string | null> | undefined;
  const pullRequestTiming = { ...timing, ...PULL_REQUEST_TIMING, timeoutMs: Math.min(timing.timeoutMs, PULL_REQUEST_TIMING.timeoutMs) };
  const connect = async (place: GitHubPlace, limits: GitHubTiming): Promise<GitHubConnection> => {
    token ??= findGitHubToken({ ...context, cwd: context.mainWorktree, host: place.webHosts[0] ?? 'github.com' });
    const found = await token;
    return { client: createGitHubClient({ place, token: found, timing: limits }), place, anonymous: found === null };
  };
  const locate = (): GitHubPlace => requireGitHubPlace(settings, context.env, context.remoteUrl);
  return {
    type: 'github',
    fetchIssue: async (reference) => {
      const place = locate();
      const number = requireIssueNumber(reference, place);
      return fetchIssue(number, await connect(place, timing));
    },
    fetchPullRequest: async (number) => fetchPullRequest(number, await connect(locate(), pullRequestTiming)),
    pullRequestsOf: async (branch) => fetchPullRequestsOf(branch, await connect(locate(), pullRequestTiming)),
  };
}

async function fetchIssue(number: number, repository: GitHubConnection): Promise<Issue> {
  const { client, place, anonymous } = repository;
  const subject = `Issue "${number}" of ${place.repository}`;
  const question: FailedQuestion = {
    subject,
    repository: place.repository,
    apiUrl: place.apiUrl,
    anonymous,
  };
  const issue = requireAnswer(issueAnswer, await client.fetchIssue(number), question);
  if (issue.pull_request !== undefined && issue.pull_request !== null) {
    throw new UserError(`"${number}" of ${place.repository} is a pull request, not an issue. Give the number of an issue.`);
  }
  if (issue.number !== number) {
    throw new UserError(`${subject} was moved to "${printableLine(issue.html_url)}". Give an issue that is still in ${place.repository}.`);
  }
  const body = issue.body ?? '';
  const answer = await client.fetchBlockers(number);
  const linked = linkedBlockers(isWithoutDependencies(answer) ? [] : requireAnswer(blockersAnswer, answer, question), place);
  const { references, unread } = parseBodyBlockers(body, readIssueNumber(place));
  const blockers = [...new Set([...references, ...linked.keys()])].filter((blocker) => blocker !== number);
  const states = await Promise.all(
    blockers.slice(0, MAX_LOOKUPS).map(async (blocker) => linked.get(blocker) ?? fetchState(blocker, client)),
  );
  return {
    reference: String(number),
    title: issue.title,
    body,
    state: issue.state,
    url: issue.html_url,
    blockedBy: blockers.filter((_, index) => states[index] !== 'closed').map(String),
    ...(unread.length === 0 ? {} : { unreadBlockers: unread }),
  };
}

/** Null where GitHub does not tell: the blocker then counts. */
async function fetchState(number: number, client: GitHubClient): Promise<'open' | 'closed' | null> {
  const answer = await client.fetchIssue(number);
  const issue = issueAnswer.safeParse(answer.kind === 'answered' ? answer.data : null);
  return issue.success ? issue.data.state : null;
}

function isWithoutDependencies(answer: GitHubAnswer): boolean {
  const failure = answer.kind === 'failed' ? answer.failure : null;
  return (
    failure !== null &&
    WITHOUT_DEPENDENCIES.includes(failure.status) &&
    failure.limitResetsAt === null &&
    failure.retryAfterSeconds === null
  );
}
