import { printableLine, UserError } from '@nx-fleet/core';
import type { GitHubPlace } from './github-place.js';

const NUMBER = /^(?:#|issue-|gh-)?([1-9]\d{0,9})$/i;
const ISSUE_PATH = /^\/([\w.-]+\/[\w.-]+)\/(issues|pull)\/([1-9]\d{0,9})\/?$/;

/** The number of the issue that a user typed: `42`, `#42`, its project `issue-42`, or its URL. @throws UserError when it is something else, or of another repository */
export function requireIssueNumber(reference: string, place: GitHubPlace): number {
  const typed = reference.trim();
  const [, plain] = NUMBER.exec(typed) ?? [];
  if (plain !== undefined) {
    return Number(plain);
  }
  const shown = printableLine(reference, 100);
  const issue = parseIssueUrl(typed);
  if (issue === null) {
    throw new UserError(
      `Issue "${shown}" is not a GitHub issue number. Give a number such as 42, or the URL of an issue of ${place.repository}.`,
    );
  }
  if (issue.repository.toLowerCase() !== place.repository.toLowerCase() || !place.webHosts.includes(issue.host)) {
    throw new UserError(`Issue "${shown}" is not of ${place.repository}. Give an issue of this repository, or set "tracker.repository".`);
  }
  return issue.number;
}

/** The issue that a URL of GitHub's web pages names, or null. */
export function parseIssueUrl(text: string): { readonly host: string; readonly repository: string; readonly number: number } | null {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    return null;
  }
  const { host, pathname } = new URL(text);
  const [, repository, , number] = ISSUE_PATH.exec(pathname) ?? [];
  return repository === undefined || number === undefined ? null : { host, repository, number: Number(number) };
}
