import { UserError } from '@nx-fleet/core';

const VARIABLE_LINE = /^([A-Z_][A-Z0-9_]*)=(.*)$/;

/** All lines `NAME=value` that a program printed; the last of a name counts. */
export function parseVariables(stdout: string): Readonly<Record<string, string>> {
  return Object.fromEntries(linesOf(stdout).flatMap((line) => variableIn(line)));
}

/** The other lines that are not empty: what the program says to users. */
export function plainLines(output: string): readonly string[] {
  return linesOf(output).filter((line) => line.trim() !== '' && variableIn(line).length === 0);
}

/** Exactly the variables that the settings name. @throws UserError when one was not printed, or is empty */
export function requireVariables(names: readonly string[], stdout: string): Readonly<Record<string, string>> {
  const printed = parseVariables(stdout);
  const missing = names.filter((name) => (printed[name] ?? '') === '');
  if (missing.length > 0) {
    throw new UserError(
      `The database command printed no line "${missing[0]}=…". Have it print one for each of "database.variables" (${names.join(', ')}).`,
    );
  }
  return Object.fromEntries(names.map((name) => [name, printed[name] ?? '']));
}

function variableIn(line: string): readonly (readonly [string, string])[] {
  const [, name, value] = VARIABLE_LINE.exec(line) ?? [];
  return name === undefined || value === undefined ? [] : [[name, value]];
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r?\n/);
}
