import { cutAssignments } from './env-assignments.js';

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
  const block = [BEGIN, ...Object.entries(values).map(([name, value]) => `${name}=${quote(value)}`), END];
  return `${before === '' ? '' : `${before}${lineEnd}${lineEnd}`}${block.join(lineEnd)}${lineEnd}`;
}

/** The variables of our block; nothing else of the file. */
export function readManagedBlock(text: string | null): Record<string, string> {
  const values: Record<string, string> = {};
  for (const line of splitBlock(text).inside) {
    const name = variableOf(line);
    if (name !== '') values[name] = unquote(line.slice(line.indexOf('=') + 1).trimEnd());
  }
  return values;
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

function variableOf(line: string): string {
  return /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=/.exec(line)?.[1] ?? '';
}

// Env file readers take single quotes literally, and differ in what they make of a backslash between double ones.
function quote(value: string): string {
  if (/^[\w.:/@%+,-]*$/.test(value)) return value;
  if (!/['\r\n]/.test(value)) return `'${value}'`;
  return `"${value.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r')}"`;
}

function unquote(text: string): string {
  if (text.startsWith("'")) return text.slice(1, -1);
  if (!text.startsWith('"')) return text;
  return text.slice(1, -1).replace(/\\(.)/g, (_, character: string) => ({ n: '\n', r: '\r' })[character] ?? character);
}
