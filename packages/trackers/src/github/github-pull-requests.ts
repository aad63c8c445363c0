import { printableLine, UserError, type PullRequest } from '@nx-fleet/core';
import { pullRequestAnswer, pullRequestsAnswer, type PullRequestAnswer } from './github-request.js';
import { requireAnswer, type GitHubConnection } from './github-connection.js';
import type { FailedQuestion } from './github-failure.js';

const MAX_NUMBER = 9_999_999_999;

/** @throws UserError when there is none of that number, or GitHub does not answer */
export async function fetchPullRequest(number: number, connection: GitHubConnection): Promise<PullRequest> {
  const { repository } = connection.place;
  if (!Number.isInteger(number) || number < 1 || number > MAX_NUMBER) {
    throw new UserError(`"${number}" is not the number of a pull request. Give one such as 12 of ${repository}.`);
  }
  const subject = `Pull request "${number}" of ${repository}`;
  const answer = requireAnswer(pullRequestAnswer, await connection.client.fetchPullRequest(number), question(subject, connection));
  if (answer.number !== number)
    throw new UserError(`${subject} was moved to "${printableLine(answer.html_url)}". Give one of ${repository}.`);
  return toPullRequest(answer);
}

/** Those whose branch is in the repository itself, newest first. @throws UserError when GitHub does not answer */
export async function fetchPullRequestsOf(branch: string, connection: GitHubConnection): Promise<readonly PullRequest[]> {
  const subject = `The pull requests of "${printableLine(branch)}" of ${connection.place.repository}`;
  const answer = await connection.client.fetchPullRequests(branch);
  const pullRequests = requireAnswer(pullRequestsAnswer, answer, question(subject, connection)).map(toPullRequest);
  // GitHub takes a filter that it does not understand for none, and the owner of a fork may be ours.
  return pullRequests
    .filter((pullRequest) => pullRequest.branch === branch && !pullRequest.isFork)
    .sort((one, other) => other.number - one.number);
}

function question(subject: string, { place, anonymous }: GitHubConnection): FailedQuestion {
  return { subject, repository: place.repository, apiUrl: place.apiUrl, anonymous, kind: 'pull requests' };
}

function toPullRequest({ number, title, body, state, merged_at, html_url, head, base }: PullRequestAnswer): PullRequest {
  const isMerged = merged_at !== null && merged_at !== undefined;
  return {
    number,
    title,
    body: body ?? '',
    url: html_url,
    state: isMerged ? 'merged' : state,
    branch: head.ref,
    head: head.sha,
    baseBranch: base.ref,
    isFork: head.repo?.full_name.toLowerCase() !== base.repo.full_name.toLowerCase(),
    ref: `refs/pull/${number}/head`,
  };
}
