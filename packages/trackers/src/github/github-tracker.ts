import { printableLine, UserError, type Issue, type Tracker } from '@nx-fleet/core';
import type { z } from 'zod';
import type { TrackerContext } from '../create-tracker.js';
import { parseBodyBlockers } from './body-blockers.js';
import { blockersAnswer, issueAnswer, type BlockersAnswer } from './github-answer.js';
import { createGitHubClient, type GitHubAnswer, type GitHubClient, type GitHubTiming } from './github-client.js';
import { describeGitHubFailure, type FailedQuestion } from './github-failure.js';
import { requireGitHubPlace, type GitHubPlace, type GitHubSettings } from './github-place.js';
import { requireIssueNumber } from './github-reference.js';
import { findGitHubToken } from './github-token.js';

const TIMING: GitHubTiming = { timeoutMs: 15_000, waitUnitMs: 1000 };
/** GitHub's answers where it has no issue dependencies, or does not show them to this token. */
const WITHOUT_DEPENDENCIES: readonly (number | null)[] = [403, 404, 410];

/** Issues of one GitHub repository. */
export function createGitHubTracker(settings: GitHubSettings, context: TrackerContext, timing: GitHubTiming = TIMING): Tracker {
  let token: Promise<string | null> | undefined;
  return {
    type: 'github',
    fetchIssue: async (reference) => {
      const place = requireGitHubPlace(settings, context.env, context.remoteUrl);
      const number = requireIssueNumber(reference, place);
      token ??= findGitHubToken({
        ...context,
        cwd: context.mainWorktree,
        host: place.webHosts[0] ?? 'github.com',
      });
      const found = await token;
      const client = createGitHubClient({ place, token: found, timing });
      return fetchIssue(number, { client, place, anonymous: found === null });
    },
  };
}

interface Repository {
  readonly client: GitHubClient;
  readonly place: GitHubPlace;
  readonly anonymous: boolean;
}

async function fetchIssue(number: number, repository: Repository): Promise<Issue> {
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
  const linked = isWithoutDependencies(answer) ? [] : requireAnswer(blockersAnswer, answer, question);
  const blockers = openBlockers(parseBodyBlockers(body, place), linked, place).filter((blocker) => blocker !== number);
  return {
    reference: String(number),
    title: issue.title,
    body,
    state: issue.state,
    url: issue.html_url,
    blockedBy: blockers.map(String),
  };
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

function requireAnswer<Schema extends z.ZodType>(schema: Schema, answer: GitHubAnswer, question: FailedQuestion): z.output<Schema> {
  if (answer.kind === 'failed') {
    throw describeGitHubFailure(answer.failure, question);
  }
  const parsed = schema.safeParse(answer.data);
  if (parsed.success) {
    return parsed.data;
  }
  const [first] = parsed.error.issues;
  const where = first === undefined || first.path.length === 0 ? 'the answer' : `"${printableLine(first.path.map(String).join('.'), 60)}"`;
  throw new UserError(
    `${question.subject} could not be read: ${new URL(question.apiUrl).host} answered 200, but ${where} is not what GitHub sends. Check "tracker.apiUrl", and that no proxy or login page answers in its place.`,
  );
}

/** Those of this repository, each once, without the ones that GitHub's dependencies show to be closed. */
function openBlockers(fromBody: readonly number[], linked: BlockersAnswer, place: GitHubPlace): readonly number[] {
  const end = `/repos/${place.repository}`.toLowerCase();
  const ours = linked.filter((issue) => issue.repository_url.toLowerCase().endsWith(end));
  const closed = new Set(ours.filter((issue) => issue.state === 'closed').map((issue) => issue.number));
  const all = new Set([...fromBody, ...ours.map((issue) => issue.number)]);
  return [...all].filter((number) => !closed.has(number));
}
