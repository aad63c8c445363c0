import { cutAssignments, findAssignments, replaceAssignments } from './env-assignments.js';
import { envValue } from './env-value.js';

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
