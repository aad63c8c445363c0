import { readDiff } from './file-diff.js';
import { weakenedChecks } from './weakened-tests.js';

/** What is said of a modified file in which one line takes the place of another; '' stands for no line. */
export function weakeningsIn(path: string, removed: string, added: string): readonly string[] {
  const before = removed === '' ? '' : `-${removed}\n`;
  const after = added === '' ? '' : `+${added}\n`;
  const hunk = `@@ -1,${before === '' ? 0 : 1} +1,${after === '' ? 0 : 1} @@`;
  const diff = `--- a/${path}\n+++ b/${path}\n${hunk}\n${before}${after}`;
  return weakenedChecks(readDiff(diff), [{ path, kind: 'modified', binary: false }]).map(({ title }) => title);
}

/** Lines, two spaces or a line's end apart. */
export function lines(text: string): readonly string[] {
  return text.trim().split(/\n\s*| {2,}/);
}
