import { UserError } from '../errors/user-error.js';
import { excerpt } from '../prompt/render-prompt.js';
import { printableLine } from '../text/printable.js';
import { pathOf } from './file-diff.js';

/** About 80,000 tokens: what all agents' windows hold beside what they look up. */
const MAX_PART_CHARACTERS = 300_000;
const MAX_PARTS = 20;
/** Written by programs; a reviewer can still read them in the repository. */
const GENERATED =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|deno\.lock|Cargo\.lock|Gemfile\.lock|composer\.lock|poetry\.lock|uv\.lock|Pipfile\.lock|go\.sum|gradle\.lockfile|packages\.lock\.json|flake\.lock)$|\.min\.(?:js|css)$|\.(?:js|css)\.map$/;

/** A diff as reviewers are shown it. */
export interface DiffParts {
  readonly parts: readonly string[];
  /** Files that are not shown, or not whole, each with the reason. */
  readonly notShown: readonly string[];
}

interface ShownFile {
  readonly text: string;
  readonly notShown: string | null;
}

/**
 * A diff as reviewers are shown it, in parts of whole files that a context window holds. Of lock files, and of minified ones, only the name and the
 * size are shown; of a file that is larger than a part, its beginning.
 * @throws UserError when there would be more than 20 parts
 */
export function diffParts(diff: string): DiffParts {
  const parts: string[] = [];
  const files = splitFiles(diff).map(shorten);
  for (const { text: file } of files) {
    const last = parts.at(-1);
    if (last !== undefined && last.length + file.length <= MAX_PART_CHARACTERS) parts[parts.length - 1] = last + file;
    else parts.push(file);
  }
  if (parts.length > MAX_PARTS)
    throw new UserError(
      `The change is too large to be reviewed: ${diff.length} characters, in ${parts.length} parts. Split it into changes of at most ${MAX_PARTS} parts.`,
    );
  return { parts, notShown: files.flatMap(({ notShown }) => notShown ?? []) };
}

/** Lines of files start with a space, a sign or a backslash: only a header starts otherwise. What else ends a line for a regular expression is text here. */
function splitFiles(diff: string): readonly string[] {
  return diff.split(/(?<=\n)(?=diff --git )/).filter((file) => file !== '');
}

function shorten(file: string): ShownFile {
  const lines = file.split('\n');
  const hunk = lines.findIndex((line) => line.startsWith('@@ '));
  const header = lines.slice(0, Math.max(0, hunk));
  const name = (mark: string): string => pathOf(header.find((line) => line.startsWith(mark))?.slice(mark.length) ?? '');
  const path = name('+++ ') || name('--- ');
  const shown = printableLine(path);
  if (GENERATED.test(path))
    return {
      text: `${header.map((line) => `${line}\n`).join('')}[${lines.length} lines that a program wrote. See them: git diff HEAD~1]\n`,
      notShown: `${shown} (written by a program)`,
    };
  if (file.length <= MAX_PART_CHARACTERS) return { text: file, notShown: null };
  return { text: excerpt(file, MAX_PART_CHARACTERS, 'See all of it: git diff HEAD~1\n'), notShown: `${shown} (only its beginning)` };
}
