import type { ChangedFile } from '../git/git.js';
import type { FileDiff } from './file-diff.js';
import type { Lens } from './finding.js';

/** A file of the change with what the diff says of it; no lines where it is binary, or only its name or mode changed. */
export interface TouchedFile extends FileDiff {
  readonly kind: ChangedFile['kind'];
}

/** What the diff shows of one file. */
export interface Remark {
  readonly file: string;
  readonly lens: Lens;
  readonly title: string;
  readonly body: string;
}

/** Every changed file, with its lines where it has any. */
export function touchedFiles(diffs: readonly FileDiff[], changed: readonly ChangedFile[]): readonly TouchedFile[] {
  const diffOf = new Map(diffs.map((diff) => [diff.path, diff]));
  return changed.map(({ path, kind }) => ({ ...(diffOf.get(path) ?? { path, from: null, hunks: [], added: [], removed: [] }), kind }));
}

/** How many lines match. */
export function countLines(lines: readonly string[], pattern: RegExp): number {
  return lines.filter((line) => pattern.test(line)).length;
}
