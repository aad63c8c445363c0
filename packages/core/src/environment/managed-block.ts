const BEGIN = '# >>> nx-fleet: written by nx-fleet, do not edit between these marks';
const END = '# <<< nx-fleet';

/**
 * An env file's text with our variables in a block of its own, in place of the block that was there.
 * Everything outside the block stays as it is, except lines that set one of our variables: two values for one name would be a trap.
 */
export function writeManagedBlock(text: string | null, values: Readonly<Record<string, string>>): string {
  const outside = linesOutside(text ?? '').filter((line) => !(variableOf(line) in values));
  while (outside.at(-1) === '') outside.pop();
  const block = [BEGIN, ...Object.entries(values).map(([name, value]) => `${name}=${quote(value)}`), END];
  return [...outside, ...(outside.length > 0 ? [''] : []), ...block, ''].join('\n');
}

/** The variables of our block; nothing else of the file. */
export function readManagedBlock(text: string | null): Record<string, string> {
  const values: Record<string, string> = {};
  let inside = false;
  for (const line of (text ?? '').split(/\r?\n/)) {
    if (line === BEGIN) inside = true;
    else if (line === END) inside = false;
    else if (inside && line.includes('=')) values[variableOf(line)] = unquote(line.slice(line.indexOf('=') + 1));
  }
  return values;
}

function linesOutside(text: string): string[] {
  const outside: string[] = [];
  let inside = false;
  for (const line of text === '' ? [] : text.split(/\r?\n/)) {
    if (line === BEGIN) inside = true;
    else if (line === END) inside = false;
    else if (!inside) outside.push(line);
  }
  return outside;
}

function variableOf(line: string): string {
  return /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=/.exec(line)?.[1] ?? '';
}

function quote(value: string): string {
  return /^[\w.:/@%+,-]*$/.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n')}"`;
}

function unquote(text: string): string {
  if (!text.startsWith('"')) return text;
  return text.slice(1, -1).replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}
