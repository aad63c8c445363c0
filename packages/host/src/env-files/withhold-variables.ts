import { createRequire } from 'node:module';
import { namesDatabase } from '@nx-fleet/core';
import { cutAssignments, findAssignments, replaceAssignments } from './env-assignments.js';

export interface CarryRules {
  readonly mayCarry: (name: string, value: string) => boolean;
  /** Whether a variable that may not be carried keeps its place, empty, for the worktree's own value. */
  readonly isFilled: (name: string) => boolean;
  readonly isScript: boolean;
}

export interface Withheld {
  readonly text: string;
  /** Names of what is left out. */
  readonly names: readonly string[];
}

/** An assignment anywhere in a line of a shell script, such as `if x; then export A=1; fi`. */
const IN_SCRIPT = /(?:^|[\s;&|({])([A-Za-z_]\w*)=("[^"]*"|'[^']*'|\S*)/g;

/**
 * An env file without the variables that may not be carried, and without comments that name one or a database; all else stays byte for byte.
 * @param bytes the file's bytes as latin1 text, which returns them unchanged
 * @returns null if another reader still sees one of them: then nothing of the file is safe
 */
export function withholdVariables(bytes: string, { mayCarry, isFilled, isScript }: CarryRules): Withheld | null {
  const names = new Set<string>();
  const refuses = (name: string, value: string): boolean =>
    !(value === '' && isFilled(name)) && !mayCarry(name, Buffer.from(value, 'latin1').toString('utf8'));
  const refusesNamed = (name: string, value: string): boolean => {
    const isRefused = refuses(name, value);
    if (isRefused) names.add(name);
    return isRefused;
  };
  const emptied = isScript ? bytes : replaceAssignments(bytes, ({ name, value }) => (isFilled(name) && refuses(name, value) ? '' : null));
  const cut = withoutComments(
    cutAssignments(emptied, ({ name, value }) => refusesNamed(name, value)),
    refuses,
  );
  const text = isScript ? withoutLines(cut, refusesNamed) : cut;
  const left = Object.entries(scanVariables(text)).some(([name, values]) => values.some((value) => refusesNamed(name, value)));
  return left ? null : { text, names: [...names] };
}

/** Comments lead to a database as well as variables do: a line of its own goes whole, one behind a value as far as it is a comment. */
function withoutComments(text: string, refuses: (name: string, value: string) => boolean): string {
  const isSafe = (comment: string): boolean =>
    !namesDatabase(comment) &&
    !findAssignments(comment.replace(/^[\s#]+/, '')).some(({ name, value }) => value !== '' && refuses(name, value));
  let kept = '';
  let from = 0;
  for (const { start, end } of [...findAssignments(text), { start: text.length, end: text.length }]) {
    const between = text.slice(from, start).split(/(?<=\n)/);
    kept += between.filter((line) => !/^\s*#/.test(line) || isSafe(line)).join('');
    const assignment = text.slice(start, end);
    kept += assignment.replace(/[ \t]#[^\r\n]*(?=[\r\n]*$)/, (comment) => (isSafe(comment) ? comment : ''));
    from = end;
  }
  return kept;
}

/** A line of a script is left out whole when it sets one of them, wherever in it. */
function withoutLines(text: string, refuses: (name: string, value: string) => boolean): string {
  const lines = text.split(/(?<=\n)/);
  const kept = lines.filter((line) => {
    if (/^\s*#/.test(line)) return true;
    const refused = [...line.matchAll(IN_SCRIPT)].filter(([, name = '', value = '']) => refuses(name, value.replace(/^["']|["']$/g, '')));
    return refused.length === 0;
  });
  return kept.join('');
}

interface Primitives {
  /** All values of each variable, as they stand: nothing is expanded or run. */
  scan(text: string): { readonly scanned: Readonly<Record<string, readonly string[]>> };
}

const require = createRequire(import.meta.url);

/**
 * Values of each variable of an env file as dotenvx reads them. Its `parse` runs `$(command)` and is never to be used; this expands and runs nothing.
 */
export function scanVariables(text: string): Readonly<Record<string, readonly string[]>> {
  // Most commands read no env file: loading it is left to those that do.
  const primitives = require('@dotenvx/primitives') as Primitives;
  return primitives.scan(text).scanned;
}
