import { z } from 'zod';
import { count } from '../text/count.js';
import { printableLine } from '../text/printable.js';
import type { LineCounts } from '../git/git.js';
import type { FileDiff } from './file-diff.js';
import type { Change } from './ground-findings.js';

const lineCount = z.int().nonnegative().nullable();

/** A file of the change whose lines reviewers did not get, or not all of them. */
export const unreadFileSchema = z.strictObject({
  path: z.string(),
  added: lineCount.describe('lines that the change adds; null where git counts none, as in a binary file'),
  removed: lineCount.describe('lines that the change removes'),
  reason: z.string().describe('`generated: <attribute of the base>`, `review.exclude: <pattern>`, `binary` or `only its beginning`'),
});

export type UnreadFile = z.infer<typeof unreadFileSchema>;

const MAX_NAMED = 10;
const NO_COUNTS = { added: null, removed: null } as const;

/** Whether a glob means a path from the root; one without a slash means the name in every folder. */
export type MatchesGlob = (path: string, pattern: string) => boolean;

export interface ExclusionRules {
  /** `review.exclude`. */
  readonly patterns: readonly string[];
  readonly matches: MatchesGlob;
  /** The attribute by which the base marks a path as generated. */
  readonly marks: ReadonlyMap<string, string>;
  /** Of files of which git shows no lines though they are text. */
  readonly counts: ReadonlyMap<string, LineCounts>;
}

/** Files of a change whose lines reviewers do not get: excluded ones, and all that git takes for binary. A renamed file counts by its new name; one that only got a new name or mode has no lines to leave out. */
export function excludedFiles({ changed, diffs }: Change, { patterns, matches, marks, counts }: ExclusionRules): readonly UnreadFile[] {
  const diffOf = new Map(diffs.map((diff) => [diff.path, diff]));
  const reasonOf = (path: string): string | null => {
    const mark = marks.get(path);
    const pattern = mark === undefined ? matchingPattern(path, patterns, matches) : null;
    return mark === undefined ? pattern && `review.exclude: ${pattern}` : `generated: ${mark}`;
  };
  return changed.flatMap(({ path, binary }) => {
    const diff = diffOf.get(path);
    const from = diff?.from ?? null;
    // git shows no lines of a file whose old name has "-diff" either.
    const unmarked = binary ? 'binary' : null;
    const reason = reasonOf(path) ?? (binary && from !== null ? reasonOf(from) : null) ?? unmarked;
    const isWhole = !binary && (diff === undefined || diff.hunks.length === 0);
    return reason === null || isWhole ? [] : [{ path, ...(binary ? (counts.get(path) ?? NO_COUNTS) : countDiffLines(diff)), reason }];
  });
}

/** How many lines a diff adds and removes. */
export function countDiffLines(diff: Pick<FileDiff, 'added' | 'removed'> | undefined): LineCounts | typeof NO_COUNTS {
  return diff === undefined ? NO_COUNTS : { added: diff.added.length, removed: diff.removed.length };
}

/** The pattern that leaves a path out, or null. Later ones win over earlier ones. */
function matchingPattern(path: string, patterns: readonly string[], matches: MatchesGlob): string | null {
  const last = patterns.findLast((pattern) => matches(path, pattern.replace(/^!/, '')));
  return last === undefined || last.startsWith('!') ? null : last;
}

/** All such files in one line, the largest by name; null where there are none. */
export function describeUnread(files: readonly UnreadFile[]): string | null {
  if (files.length === 0) return null;
  const size = ({ added, removed }: UnreadFile): number => (added ?? 0) + (removed ?? 0);
  const largest = files.toSorted((one, other) => size(other) - size(one));
  const named = largest.slice(0, MAX_NAMED).map((file) => `${printableLine(file.path, 120)} (${describeFile(file)})`);
  const more = files.length - named.length;
  return `Not in the reviewers' prompt: ${count(files.length, 'file')}${sumOf(files)}: ${named.join('; ')}${more === 0 ? '' : ` and ${more} more`}`;
}

/** `+12 -3 lines, generated: linguist-generated` */
export function describeFile({ added, removed, reason }: Omit<UnreadFile, 'path'>): string {
  return `${added === null ? '' : `+${added} -${removed ?? 0} lines, `}${printableLine(reason, 100)}`;
}

function sumOf(files: readonly UnreadFile[]): string {
  const sum = (key: 'added' | 'removed'): number => files.reduce((total, file) => total + (file[key] ?? 0), 0);
  return files.length === 1 || files.every(({ added }) => added === null) ? '' : `, +${sum('added')} -${sum('removed')} lines`;
}
