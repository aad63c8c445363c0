import { UserError } from '../errors/user-error.js';
import { count } from '../text/count.js';
import { excerpt } from '../prompt/render-prompt.js';
import { estimateTokens, lengthWithin } from '../text/tokens.js';
import { parseDiffPath, unquotePath } from './file-diff.js';
import { describeFile, type UnreadFile } from './unread-files.js';

/** All agents' windows hold this beside what they look up. In ASCII it is 300,000 characters. */
const MAX_PART_TOKENS = 75_000;
const MAX_PARTS = 20;
/** Excluded files that have a header of their own in the prompt. */
const MAX_HEADERS = 200;

/** A diff as reviewers are shown it. */
export interface DiffParts {
  readonly parts: readonly string[];
  /** Files of which only the beginning is shown. */
  readonly cut: readonly string[];
}

/**
 * A diff as reviewers are shown it, in parts of whole files that a context window holds. Of excluded files only the header and the size are shown,
 * and of those beyond the first 200 only how many there are; of a file that is larger than a part, its beginning.
 * @throws UserError when there would be more than 20 parts
 */
export function diffParts(diff: string, excluded: readonly UnreadFile[]): DiffParts {
  const reasons = new Map(excluded.map((file) => [file.path, describeFile(file)]));
  const parts: string[] = [];
  const files = splitFiles(diff).map((file) => shorten(file, reasons));
  const hidden = new Set(files.filter(({ isExcluded }) => isExcluded).slice(MAX_HEADERS));
  const shown = files.filter((file) => !hidden.has(file)).map(({ text }) => text);
  if (hidden.size > 0)
    shown.push(`[${count(hidden.size, 'more file')} not shown, all generated, excluded or binary. See them: git diff --stat HEAD~1]\n`);
  let tokens = 0;
  for (const file of shown) {
    const more = estimateTokens(file);
    const last = parts.at(-1);
    const fits = last !== undefined && tokens + more <= MAX_PART_TOKENS;
    if (fits) parts[parts.length - 1] = last + file;
    else parts.push(file);
    tokens = fits ? tokens + more : more;
  }
  if (parts.length > MAX_PARTS)
    throw new UserError(
      `The change is too large to be reviewed: ${diff.length} characters, in ${parts.length} parts. Split it into changes of at most ${MAX_PARTS} parts.`,
    );
  return { parts, cut: files.flatMap(({ cut }) => cut ?? []) };
}

/** Lines of files start with a space, a sign or a backslash: only a header starts otherwise. What else ends a line for a regular expression is text here. */
function splitFiles(diff: string): readonly string[] {
  return diff.split(/(?<=\n)(?=diff --git )/).filter((file) => file !== '');
}

interface ShownFile {
  readonly text: string;
  /** Its path, where only the beginning is shown. */
  readonly cut: string | null;
  readonly isExcluded: boolean;
}

function shorten(file: string, reasons: ReadonlyMap<string, string>): ShownFile {
  const lines = file.replace(/\n$/, '').split('\n');
  const hunk = lines.findIndex((line) => line.startsWith('@@ '));
  const header = hunk < 0 ? lines : lines.slice(0, hunk);
  const path = pathIn(header);
  const reason = reasons.get(path);
  if (reason !== undefined)
    return { text: [...header, `[Its lines are not shown: ${reason}]`, ''].join('\n'), cut: null, isExcluded: true };
  const length = lengthWithin(file, MAX_PART_TOKENS);
  if (length === file.length) return { text: file, cut: null, isExcluded: false };
  return { text: excerpt(file, length, 'See all of it: git diff HEAD~1\n'), cut: path, isExcluded: false };
}

/** The path after the change, or the one before where the file is gone. Without lines only the first line has it, and there twice in equal length. */
function pathIn(header: readonly string[]): string {
  const after = (mark: string): string | undefined => header.find((line) => line.startsWith(mark))?.slice(mark.length);
  const renamed = after('rename to ');
  if (renamed !== undefined) return unquotePath(renamed);
  const both = after('diff --git ') ?? '';
  return parseDiffPath(after('+++ ') ?? '') || parseDiffPath(after('--- ') ?? '') || parseDiffPath(both.slice((both.length + 1) / 2));
}
