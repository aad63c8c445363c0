import { UserError } from '../errors/user-error.js';
import type { CommandLine } from '../settings/settings.js';

const WORD = /"([^"]*)"|'([^']*)'|(\S+)/g;
const SHELL_SYNTAX = /^(?:&&|\|\|?|;|&|[0-9]?>>?|<)$/;

/**
 * A configured command line as an argument array, with `{name}` replaced inside its words.
 * @throws UserError for shell syntax, which nothing here would interpret
 */
export function commandWords(line: CommandLine, values: Readonly<Record<string, string>> = {}): readonly [string, ...string[]] {
  const words = typeof line === 'string' ? [...line.matchAll(WORD)].map((match) => match[1] ?? match[2] ?? match[3] ?? '') : line;
  if (typeof line === 'string' && words.some((word) => SHELL_SYNTAX.test(word))) {
    throw new UserError(`Command "${line}" uses shell syntax, and no shell runs it. Split it into several commands, or name the shell: ["sh", "-c", "…"].`);
  }
  const [file, ...args] = words.map((word) => word.replace(/\{(\w+)\}/g, (token, name: string) => values[name] ?? token));
  if (file === undefined || file === '') throw new UserError(`Command "${String(line)}" is empty.`);
  return [file, ...args];
}

/** A command line for people. */
export function commandText(line: CommandLine): string {
  return typeof line === 'string' ? line : line.join(' ');
}
