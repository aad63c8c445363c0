import type { Git } from '../../git/git.js';
import type { Manifest } from '../../manifest/manifest.js';
import { printableLine } from '../../text/printable.js';

/** What a commit of a writer is for: the issue itself, checks that failed after it, or what reviewers found. */
export type CommitPurpose = 'issue' | 'checks' | 'review';

export interface CommitRequest {
  readonly manifest: Pick<Manifest, 'title' | 'tracker'>;
  readonly purpose: CommitPurpose;
  /** The user's own form, or null. */
  readonly template: string | null;
  /** The commit whose history shows how the repository writes subjects. */
  readonly base: string;
}

const SAMPLES = 30;
const CONVENTIONAL = /^(?:build|chore|ci|docs|feat|fix|perf|refactor|revert|style|test)(?:\([^)]*\))?!?: /;
const NUMBERED = / \(#\d+\)$/;
const FIXES = /\b(?:fix|fixes|bug|crash|crashes|broken|regression)\b/i;

/** The message of a commit in the user's history: by the user's template, else with a subject like those around it. */
export async function commitMessage({ manifest, purpose, template, base }: CommitRequest, git: Git): Promise<string> {
  const { title, tracker } = manifest;
  const subject = subjectFor({ title: printableLine(title), purpose }, await git.recentSubjects(base, SAMPLES), tracker);
  const url = tracker.url ?? tracker.reference;
  if (template === null) return `${subject}\n\nIssue: ${url}`;
  const values: Readonly<Record<string, string>> = { subject, title: printableLine(title), reference: tracker.reference, url };
  return template.replace(/\{(subject|title|reference|url)\}/g, (_, name: string) => values[name] ?? '');
}

function subjectFor(
  { title, purpose }: { readonly title: string; readonly purpose: CommitPurpose },
  recent: readonly string[],
  { type, reference }: Manifest['tracker'],
): string {
  const number = type === 'github' && /^\d+$/.test(reference) && isUsual(recent, NUMBERED) ? ` (#${reference})` : '';
  return (isUsual(recent, CONVENTIONAL) ? conventional(title, purpose) : plain(title, purpose)) + number;
}

function plain(title: string, purpose: CommitPurpose): string {
  if (purpose === 'issue') return title;
  return `${title}: ${purpose === 'checks' ? 'fix failing checks' : 'address review'}`;
}

function conventional(title: string, purpose: CommitPurpose): string {
  const words = title.replace(CONVENTIONAL, '').replace(/^\p{Lu}(?!\p{Lu})/u, (letter) => letter.toLowerCase());
  if (purpose === 'checks') return `fix: make checks pass for ${words}`;
  if (purpose === 'review') return `fix: address review of ${words}`;
  return CONVENTIONAL.test(title) ? title : `${FIXES.test(title) ? 'fix' : 'feat'}: ${words}`;
}

/** Whether at least half of the subjects have a form. */
function isUsual(subjects: readonly string[], form: RegExp): boolean {
  return subjects.length > 0 && subjects.filter((subject) => form.test(subject)).length * 2 >= subjects.length;
}
