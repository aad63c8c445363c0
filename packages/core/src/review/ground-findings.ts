import type { ChangedFile } from '../git/git.js';
import { printable, printableLine } from '../text/printable.js';
import { unquotePath, type FileDiff } from './file-diff.js';
import type { Dropped, Finding } from './finding.js';

/** A change as findings are placed in it. */
export interface Change {
  readonly changed: readonly ChangedFile[];
  readonly diffs: readonly FileDiff[];
}

/**
 * Keeps the findings that lie in the change, with their text made printable: in a file that it touches, and there in a hunk, its context
 * included, or on the file as a whole. In a file that has no lines in the diff, such as a binary or a merely renamed one, every finding is on
 * the file as a whole. What lies elsewhere is listed apart, not forgotten.
 */
export function groundFindings(
  findings: readonly Finding[],
  change: Change,
): { readonly grounded: Finding[]; readonly ungrounded: Dropped[] } {
  const findPath = pathFinder(change);
  const hunks = new Map(change.diffs.map((diff) => [diff.path, diff.hunks]));
  const grounded: Finding[] = [];
  const ungrounded: Dropped[] = [];
  for (const finding of findings.map(inRange)) {
    const file = findPath(finding.file);
    const placed = file === null ? null : placeIn({ ...finding, file }, hunks.get(file) ?? []);
    if (placed !== null) grounded.push(placed);
    else ungrounded.push(dropped(finding));
  }
  return { grounded, ungrounded };
}

function placeIn(finding: Finding, hunks: FileDiff['hunks']): Finding | null {
  const { startLine, endLine } = finding;
  if (startLine === 0) return finding;
  if (hunks.length === 0) return { ...finding, startLine: 0, endLine: 0 };
  return hunks.some(({ start, end }) => start === 0 || (startLine <= end && endLine >= start)) ? finding : null;
}

/**
 * Finds the file of the change that a name means: as it is, as git writes it in a diff (`b/…`, quoted), in the other form of its accents, or by
 * the name it had before. Guesses nothing.
 */
function pathFinder({ changed, diffs }: Change): (name: string) => string | null {
  const paths = new Set(changed.map(({ path }) => path));
  const otherwise = new Map([...paths].map((path) => [path.normalize('NFC'), path]));
  const renamed = new Map(diffs.flatMap(({ from, path }) => (from === null ? [] : [[from, path]])));
  return (name) => {
    const plain = name.startsWith('"') && name.endsWith('"') ? unquotePath(name) : name;
    for (const candidate of [name, plain, plain.replace(/^(?:\.|[ab])\//, '')]) {
      if (paths.has(candidate)) return candidate;
      const found = otherwise.get(candidate.normalize('NFC')) ?? renamed.get(candidate);
      if (found !== undefined) return found;
    }
    return null;
  };
}

function inRange(finding: Finding): Finding {
  const startLine = wholeNumber(finding.startLine);
  const end = wholeNumber(finding.endLine);
  return {
    ...finding,
    confidence: Math.min(1, Math.max(0, finding.confidence)),
    title: printableLine(finding.title),
    body: printable(finding.body).trim(),
    recommendation: printable(finding.recommendation).trim(),
    startLine,
    endLine: startLine === 0 ? 0 : Math.max(startLine, end),
  };
}

function wholeNumber(value: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.trunc(value)));
}

function dropped({ severity, title, file, startLine }: Finding): Dropped {
  return { severity, title, file: printableLine(file), startLine };
}
