import { type Issue, printableLine, type Tracker, UserError } from '@nx-fleet/core';
import { createGitHubClient, findGitHubToken, type GitHubClient, type GitHubConnection, requireAnswer } from './github-connection.js';
import type { FailedQuestion } from './github-failure.js';
import { type GitHubPlace, type GitHubSettings, parseIssueUrl, requireGitHubPlace, requireIssueNumber } from './github-place.js';
import { fetchPullRequest, fetchPullRequestsOf } from './github-pull-requests.js';
import { blockersAnswer, type BlockersAnswer, type GitHubAnswer, type GitHubTiming, issueAnswer } from './github-request.js';
import { parseBodyBlockers, type ReadReference } from '../body-blockers.js';
import type { TrackerContext } from '../create-tracker.js';

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

const REFERENCE = /^(?:([\w.-]+\/[\w.-]+)?#([1-9]\d{0,9})(?!\w)|(https?:\/\/[^\s,;<>()]+))/;

/** Reads `#41`, `acme/shop#41` and URLs of issues; those of other repositories have no number here. */
export function readIssueNumber(place: GitHubPlace): ReadReference<number> {
  return (text) => {
    const [whole, repository = place.repository, number, url] = REFERENCE.exec(text) ?? [];
    if (whole === undefined) return null;
    const issue = url === undefined ? { host: undefined, repository, number: Number(number) } : parseIssueUrl(url.replace(/[.:]+$/, ''));
    return { length: whole.length, reference: issue !== null && isIn(place, issue) ? issue.number : null };
  };
}

/** GitHub's own dependencies of this repository, and which of them are closed. */
function linkedBlockers(linked: BlockersAnswer, place: GitHubPlace): ReadonlyMap<number, 'open' | 'closed'> {
  const end = `/repos/${place.repository}`.toLowerCase();
  const ours = linked.filter((issue) => issue.repository_url.toLowerCase().endsWith(end));
  return new Map(ours.map(({ number, state }) => [number, state]));
}

function isIn(place: GitHubPlace, issue: { readonly host: string | undefined; readonly repository: string }): boolean {
  const sameHost = issue.host === undefined || place.webHosts.includes(issue.host);
  return sameHost && issue.repository.toLowerCase() === place.repository.toLowerCase();
}
