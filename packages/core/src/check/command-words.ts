import { UserError } from '../errors/user-error.js';
import type { CommandLine } from '../settings/settings.js';

const WORD = /(?:"[^"]*"|'[^']*'|[^\s"'])+/g;
const QUOTED = /"([^"]*)"|'([^']*)'/g;
const SHELL_SYNTAX = /^(?:[&|]|[0-9&]?>|<)|;$|&&|\|\||\$\(|`/;
const ASSIGNMENT = /^[A-Za-z_]\w*=/;

/**
 * A configured command line as an argument array, with `{name}` replaced inside its words.
 * @throws UserError for shell syntax, which nothing here would interpret
 */
export function commandWords(line: CommandLine, values: Readonly<Record<string, string>> = {}): readonly [string, ...string[]] {
  const words = typeof line === 'string' ? splitWords(line) : line;
  const [file, ...args] = words.map((word) =>
    word.replace(/\{(\w+)\}/g, (token, name: string) => (Object.hasOwn(values, name) ? (values[name] ?? token) : token)),
  );
  if (file === undefined || file === '') throw new UserError(`Command "${String(line)}" is empty.`);
  return [file, ...args];
}

function splitWords(line: string): readonly string[] {
  const words = line.match(WORD) ?? [];
  const unquoted = words.map((word) => word.replace(QUOTED, ''));
  if (line.replace(QUOTED, '').match(/["']/) !== null) {
    throw new UserError(`Command "${line}" has a quote that is not closed. Close it, or give the words as an array.`);
  }
  if (unquoted.some((word) => SHELL_SYNTAX.test(word)) || ASSIGNMENT.test(words[0] ?? '')) {
    throw new UserError(
      `Command "${line}" uses shell syntax, and no shell runs it. Split it into several commands, or name the shell: ["sh", "-c", "…"].`,
    );
  }
  return words.map((word) => word.replace(QUOTED, (_, double?: string, single?: string) => double ?? single ?? ''));
}

/** A command line for users. */
export function commandText(line: CommandLine): string {
  return typeof line === 'string' ? line : line.join(' ');
}
