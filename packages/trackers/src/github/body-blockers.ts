import { proseLines } from '../prose-lines.js';
import type { GitHubPlace } from './github-place.js';
import { parseIssueUrl } from './github-reference.js';

const INTRODUCTION = /^\s*(?:[-*+]\s+)?(?:\[[ xX]\]\s+)?(?:\*\*|__)?(?:blocked by|depends on)\b\s*:?(?:\*\*|__)?\s*:?\s*/i;
const REFERENCE = /^(?:([\w.-]+\/[\w.-]+)?#([1-9]\d{0,9})\b|(https?:\/\/[^\s,;<>()]+))/;
const SEPARATOR = /^(?:\s*(?:,|;|&|\band\b))+\s*|^\s+/i;

/** Numbers of the same repository's issues that lines such as `Blocked by #41` or `- **Depends on:** #41, #40` name, each once. */
export function parseBodyBlockers(body: string, place: GitHubPlace): readonly number[] {
  const numbers = proseLines(body.replace(/\r\n?/g, '\n')).flatMap(({ text }) => {
    const introduction = INTRODUCTION.exec(text);
    return introduction === null ? [] : parseList(text.slice(introduction[0].length), place);
  });
  return [...new Set(numbers)];
}

/** Reads references from the start of the text on, up to the first other word. */
function parseList(text: string, place: GitHubPlace): readonly number[] {
  const numbers: number[] = [];
  let rest = text;
  for (let match = REFERENCE.exec(rest); match !== null; match = REFERENCE.exec(rest)) {
    const [whole, repository = place.repository, number, url] = match;
    const issue = url === undefined ? { host: undefined, repository, number: Number(number) } : parseIssueUrl(url.replace(/[.:]+$/, ''));
    if (issue !== null && isOf(place, issue)) {
      numbers.push(issue.number);
    }
    rest = rest.slice(whole.length).replace(SEPARATOR, '');
  }
  return numbers;
}

function isOf(place: GitHubPlace, issue: { readonly host: string | undefined; readonly repository: string }): boolean {
  const sameHost = issue.host === undefined || place.webHosts.includes(issue.host);
  return sameHost && issue.repository.toLowerCase() === place.repository.toLowerCase();
}
