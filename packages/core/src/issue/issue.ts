import { UserError } from '../errors/user-error.js';
import { shortName, slug } from '../text/names.js';
import { printable, printableLine } from '../text/printable.js';

/** The unit of work as a tracker gives it. Every text in it is untrusted. */
export interface Issue {
  /** The tracker's own name for it: `42`, `PROJ-7`, `dark-mode`. */
  readonly reference: string;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  readonly state: 'open' | 'closed';
  /** Where the user reads it, or null. */
  readonly url: string | null;
  /** References of the issues that must be built first. */
  readonly blockedBy: readonly string[];
  /** Lines of the text that announce blockers and name none that can be read; untrusted. @default none */
  readonly unreadBlockers?: readonly string[];
}

const MAX_ID_LENGTH = 50;

/**
 * The id of an issue in names of projects, branches and files: `42`, `proj-7`, `dark-mode`; of a project such as `issue-42` its issue.
 * Letters that such names cannot hold are kept apart by a digest: `検索-1` is `1-9fe1c2d04b7a`.
 * @throws UserError if nothing usable is left
 */
export function issueId(reference: string): string {
  const name = reference.normalize('NFC').replace(/^issue-(?=.)/i, '');
  const lost = name.normalize('NFKD').replaceAll(/[\p{ASCII}\p{M}]/gu, '');
  if (/[\p{L}\p{N}]/u.test(lost)) {
    return `${slug(name, MAX_ID_LENGTH - 13)}-${shortName(name.toLowerCase())}`.replace(/^-/, 'x');
  }
  const id = slug(name, MAX_ID_LENGTH);
  if (id === '') {
    throw new UserError(
      `Issue reference "${printableLine(reference)}" has no letter or digit. Give the file an "id:" in its front matter, or rename it.`,
    );
  }
  return id;
}

/** The Nx project of an issue: `issue-42`. */
export function issueProject(id: string): string {
  return `issue-${id}`;
}

/** The branch of an issue unless one is given: `issue/42-dark-mode`. Stable for an id and a title. */
export function issueBranch(id: string, title: string): string {
  const words = slug(title, 40);
  if (words === '') return `issue/${id}`;
  return words === id || words.startsWith(`${id}-`) ? `issue/${words}` : `issue/${id}-${words}`;
}

/** The issue's text as agents read it: a heading and the body, without control characters. It is what gets hashed. */
export function renderSpec(issue: Issue): string {
  return `# ${printableLine(issue.title)}\n\n${printable(issue.body).trim()}\n`;
}
