import type { ReadReference } from '../body-blockers.js';
import type { BlockersAnswer } from './github-answer.js';
import type { GitHubPlace } from './github-place.js';
import { parseIssueUrl } from './github-reference.js';

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
export function linkedBlockers(linked: BlockersAnswer, place: GitHubPlace): ReadonlyMap<number, 'open' | 'closed'> {
  const end = `/repos/${place.repository}`.toLowerCase();
  const ours = linked.filter((issue) => issue.repository_url.toLowerCase().endsWith(end));
  return new Map(ours.map(({ number, state }) => [number, state]));
}

function isIn(place: GitHubPlace, issue: { readonly host: string | undefined; readonly repository: string }): boolean {
  const sameHost = issue.host === undefined || place.webHosts.includes(issue.host);
  return sameHost && issue.repository.toLowerCase() === place.repository.toLowerCase();
}
