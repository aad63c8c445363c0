import type { Category } from './finding.js';
import type { ChangedFile } from '../git/git.js';

/** What a diff says about one file. */
export interface FileDiff {
  /** The path after the change, or the one before where the file is gone. */
  readonly path: string;
  /** The path before a rename; null where the file kept its name. */
  readonly from: string | null;
  /** Hunks in lines of the file after the change, context included; `start` 0 where the file is gone. None where only its name or mode changed. */
  readonly hunks: readonly { readonly start: number; readonly end: number }[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

interface OpenFile {
  path: string;
  from: string | null;
  readonly hunks: { start: number; end: number }[];
  readonly added: string[];
  readonly removed: string[];
}

const HUNK = /^@@ -\d+(?:,(?<before>\d+))? \+(?<start>\d+)(?:,(?<after>\d+))? @@/;

/** Reads git's unified diff with `a/` and `b/` prefixes. A file that has neither lines nor a new name in it, such as a binary one, is missing. */
export function readDiff(diff: string): readonly FileDiff[] {
  const files: OpenFile[] = [];
  let open: OpenFile | null = null;
  let removedPath = '';
  let left = { before: 0, after: 0 };
  for (const line of diff.split('\n')) {
    if (open !== null && (left.before > 0 || left.after > 0)) {
      left = readBodyLine(line, open, left);
      continue;
    }
    const hunk = HUNK.exec(line)?.groups;
    if (line.startsWith('diff --git ')) open = null;
    else if (line.startsWith('rename from ')) files.push((open = openFile('', unquotePath(line.slice(12)))));
    else if (line.startsWith('rename to ') && open !== null) open.path = unquotePath(line.slice(10));
    else if (line.startsWith('--- ')) removedPath = parseDiffPath(line.slice(4));
    else if (line.startsWith('+++ ') && !isRename(open)) files.push((open = openFile(parseDiffPath(line.slice(4)) || removedPath, null)));
    else if (hunk !== undefined && open !== null) {
      left = { before: Number(hunk['before'] ?? 1), after: Number(hunk['after'] ?? 1) };
      const start = Number(hunk['start']);
      open.hunks.push({ start, end: start + Math.max(0, left.after - 1) });
    }
  }
  return files;
}

/** Whether a file is open that its rename has named already. */
function isRename(open: OpenFile | null): boolean {
  return open !== null && open.from !== null && open.hunks.length === 0;
}

function openFile(path: string, from: string | null): OpenFile {
  return { path, from, hunks: [], added: [], removed: [] };
}

/** Counts, not looks, tell where a hunk ends: a removed line may itself start with `-- `. */
function readBodyLine(line: string, file: OpenFile, left: { before: number; after: number }): { before: number; after: number } {
  if (line.startsWith('+')) {
    file.added.push(line.slice(1));
    return { ...left, after: left.after - 1 };
  }
  if (line.startsWith('-')) {
    file.removed.push(line.slice(1));
    return { ...left, before: left.before - 1 };
  }
  return line.startsWith('\\') ? left : { before: left.before - 1, after: left.after - 1 };
}

/** `b/src/app.ts` as `src/app.ts`; '' for `/dev/null`. git ends a path with spaces by a tab. */
export function parseDiffPath(text: string): string {
  const path = unquotePath(text.replace(/\t$/, ''));
  return path === '/dev/null' ? '' : path.replace(/^[ab]\//, '');
}

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 };

/** A path as git writes it: one with control characters is in quotes, escaped as in C. */
export function unquotePath(text: string): string {
  if (!text.startsWith('"')) return text;
  const bytes: number[] = [];
  const inside = text.slice(1, text.lastIndexOf('"'));
  for (const [piece, octal, letter] of inside.matchAll(/\\(?:([0-7]{3})|(.))|[^\\]+/gs)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else if (letter !== undefined) bytes.push(ESCAPES[letter] ?? letter.charCodeAt(0));
    else bytes.push(...new TextEncoder().encode(piece));
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

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
