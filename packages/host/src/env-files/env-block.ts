import { UserError } from '@nx-fleet/core';
import { cutAssignments, findAssignments, replaceAssignments } from './env-assignments.js';

/** A driver decodes these again. SQL Server's URLs have rules of their own. */
const URL_FORM = /^(?!sqlserver:|mssql:)[a-z][a-z\d+.-]*:\/\//i;
const PLAIN = /^[\w.:/@%+,-]*$/;
/** dotenv-expand replaces `$name` and `\$` between quotes of any kind; 11 also `$1` and `$.`. A backslash at the end would escape the quote. */
const NOT_IN_SINGLE_QUOTES = /['\r\0]|\$[\w.{]|\\\$|\\$/;
const NOT_IN_DOUBLE_QUOTES = /["\\$`\r\0]/;

/**
 * A value as env files hold it, so that dotenv, dotenv-expand, Node, docker compose and a shell all read the same.
 * In a URL, characters that they read differently are percent-encoded.
 * @throws UserError when no form does; the value is not repeated
 */
function envValue(name: string, value: string): string {
  const text = URL_FORM.test(value) ? value.replace(/[$'\\\r\n]/g, (character) => ENCODED[character] ?? character) : value;
  if (PLAIN.test(text)) return text;
  if (!NOT_IN_SINGLE_QUOTES.test(text)) return `'${text}'`;
  if (!NOT_IN_DOUBLE_QUOTES.test(text)) return `"${text}"`;
  throw new UserError(
    `The value of "${name}" cannot be written to an env file: programs read its "$", quotes, backslashes or line ends differently. Choose a value without them.`,
  );
}

const ENCODED: Readonly<Record<string, string>> = { $: '%24', "'": '%27', '\\': '%5C', '\r': '%0D', '\n': '%0A' };

const BEGIN = '# >>> nx-fleet: written by nx-fleet, do not edit between these marks';
const END = '# <<< nx-fleet';

/**
 * An env file's text with our variables in a block of its own, in place of the block that was there.
 * Everything outside the block stays as it is, except what sets one of our variables, over however many lines: two values for one name would be a trap.
 */
export function writeManagedBlock(text: string | null, values: Readonly<Record<string, string>>): string {
  const lineEnd = text?.includes('\r\n') === true ? '\r\n' : '\n';
  const outside = cutAssignments(splitBlock(text).outside.join('\n'), ({ name }) => Object.hasOwn(values, name));
  const before = outside.replace(/\s+$/, '');
  // A shell reads a carriage return as part of a value, whatever the rest of the file has.
  const block = [BEGIN, ...Object.entries(values).map(([name, value]) => `${name}=${envValue(name, value)}`), END].join('\n');
  return `${before === '' ? '' : `${before}${lineEnd}${lineEnd}`}${block}\n`;
}

/** The variables of our block; nothing else of the file. */
export function readManagedBlock(text: string | null): Record<string, string> {
  return Object.fromEntries(findAssignments(splitBlock(text).inside.join('\n')).map(({ name, value }) => [name, value]));
}

/** All variables of an env file; of two values of one name, the last. */
export function readAssignments(text: string | null): Record<string, string> {
  return Object.fromEntries(findAssignments(text ?? '').map(({ name, value }) => [name, value]));
}

/** The text with values of nx-fleet wherever it sets one of their variables; all else stays as it is. */
export function fillAssignments(text: string, values: Readonly<Record<string, string>>): string {
  return replaceAssignments(text, ({ name }) => (Object.hasOwn(values, name) ? envValue(name, values[name] ?? '') : null));
}

/** A carriage return at a line's end stays. A block whose end is missing has no inside: what follows its first mark may be someone's own lines. */
function splitBlock(text: string | null): { outside: string[]; inside: string[] } {
  const outside: string[] = [];
  const inside: string[] = [];
  let open: string[] | null = null;
  for (const line of text === null || text === '' ? [] : text.split('\n')) {
    const mark = line.trimEnd();
    if (mark === BEGIN) {
      outside.push(...(open ?? []));
      open = [];
    } else if (mark === END) {
      inside.push(...(open ?? []));
      open = null;
    } else (open ?? outside).push(line);
  }
  return { outside: [...outside, ...(open ?? [])], inside };
}
