import type { ChangedFile } from '../git/git.js';
import type { FileDiff } from './file-diff.js';
import type { Category } from './finding.js';

/** A file of the change with what the diff says about it; no lines where it is binary, or only its name or mode changed. */
export interface TouchedFile extends FileDiff, ChangedFile {
  /** The same lines uncut, for what looks at single characters. */
  readonly whole: Pick<FileDiff, 'added' | 'removed'>;
}

/** What the diff shows of one file. */
export interface Remark {
  readonly file: string;
  readonly category: Category;
  readonly title: string;
  readonly body: string;
}

/** No line that users write is longer, and what looks for words shall not take hours over one that is. */
const MAX_LINE_CHARACTERS = 1_000;

/** Every changed file, with its lines where it has any; of a very long line the first 1,000 characters. */
export function touchedFiles(diffs: readonly FileDiff[], changed: readonly ChangedFile[]): readonly TouchedFile[] {
  const diffOf = new Map(diffs.map((diff) => [diff.path, diff]));
  return changed.map(({ path, kind, binary }) => {
    const { from, hunks, added, removed } = diffOf.get(path) ?? { from: null, hunks: [], added: [], removed: [] };
    return { path, kind, binary, from, hunks, added: added.map(cut), removed: removed.map(cut), whole: { added, removed } };
  });
}

function cut(line: string): string {
  return line.slice(0, MAX_LINE_CHARACTERS);
}

/** How many lines match. */
export function countLines(lines: readonly string[], pattern: RegExp): number {
  return lines.filter((line) => pattern.test(line)).length;
}
