import { UserError } from '@nx-fleet/core';

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
export function envValue(name: string, value: string): string {
  const text = URL_FORM.test(value) ? value.replace(/[$'\\\r\n]/g, (character) => ENCODED[character] ?? character) : value;
  if (PLAIN.test(text)) return text;
  if (!NOT_IN_SINGLE_QUOTES.test(text)) return `'${text}'`;
  if (!NOT_IN_DOUBLE_QUOTES.test(text)) return `"${text}"`;
  throw new UserError(
    `The value of "${name}" cannot be written to an env file: programs read its "$", quotes, backslashes or line ends differently. Choose a value without them.`,
  );
}

const ENCODED: Readonly<Record<string, string>> = { $: '%24', "'": '%27', '\\': '%5C', '\r': '%0D', '\n': '%0A' };
