import { printableLine, UserError, type Issue, type PullRequest, type Settings } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';

export interface FoundIssue {
  readonly issue: Issue;
  readonly tracker: { readonly type: string; readonly reference: string };
  /** Set when the work is there already, on a pull request's branch. */
  readonly pullRequest?: PullRequest;
}

/** Fetches what a reference names. A file is its own tracker, whatever is configured, and keeps the name that it was given by. @throws UserError */
export async function findIssue(given: string, settings: Settings, adapters: Adapters): Promise<FoundIssue> {
  const number = /^pr-([1-9]\d*)$/i.exec(given)?.[1];
  if (number !== undefined && (settings.tracker.type === 'github' || !(await isIssue(given, adapters)))) {
    return findPullRequest(Number(number), settings, adapters);
  }
  const isFile = /\.md$/i.test(given);
  const issue = await (isFile ? await adapters.markdown() : await adapters.tracker()).fetchIssue(given);
  const type = isFile ? 'markdown' : settings.tracker.type;
  if (issue.state === 'open')
    return { issue, tracker: { type, reference: isFile && type !== settings.tracker.type ? given : issue.reference } };
  throw new UserError(`Issue "${printableLine(issue.reference)}" is closed. Reopen it if there is work left.`);
}

/** A file can be named like a pull request. */
async function isIssue(given: string, adapters: Adapters): Promise<boolean> {
  return (await adapters.tracker()).fetchIssue(given).then(
    () => true,
    () => false,
  );
}

async function findPullRequest(number: number, settings: Settings, adapters: Adapters): Promise<FoundIssue> {
  const tracker = await adapters.tracker();
  if (tracker.fetchPullRequest === undefined) {
    throw new UserError(
      `Cannot read pull request ${number}: the tracker is "${tracker.type}". Fetch its branch and name that with an issue: nx g worktree --issue=<file> --branch=<branch>`,
    );
  }
  const pullRequest = await tracker.fetchPullRequest(number);
  if (pullRequest.state !== 'open') {
    throw new UserError(`Pull request ${number} is ${pullRequest.state}. Name an open one.`);
  }
  const { title, body, url } = pullRequest;
  const reference = `pr-${number}`;
  const issue: Issue = { reference, title, body, url, state: 'open', blockedBy: [] };
  return { issue, tracker: { type: settings.tracker.type, reference }, pullRequest };
}
