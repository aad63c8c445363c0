import { cutAssignments } from './env-assignments.js';
import { scanVariables } from './scan-variables.js';

export type MayCarry = (name: string, value: string) => boolean;

export interface Withheld {
  readonly text: string;
  /** Names of what is left out. */
  readonly names: readonly string[];
}

/** An assignment anywhere in a line of a shell script, such as `if x; then export A=1; fi`. */
const IN_SCRIPT = /(?:^|[\s;&|({])([A-Za-z_]\w*)=("[^"]*"|'[^']*'|\S*)/g;

/**
 * An env file without the variables that may not be carried; all else stays byte for byte.
 * @param bytes the file's bytes as latin1 text, which gives them back unchanged
 * @returns null if another reader still sees one of them: then nothing of the file is safe
 */
export function withholdVariables(bytes: string, mayCarry: MayCarry, isScript: boolean): Withheld | null {
  const names = new Set<string>();
  const refuses = (name: string, value: string): boolean => {
    const isRefused = !mayCarry(name, Buffer.from(value, 'latin1').toString('utf8'));
    if (isRefused) names.add(name);
    return isRefused;
  };
  const cut = cutAssignments(bytes, ({ name, value }) => refuses(name, value));
  const text = isScript ? withoutLines(cut, refuses) : cut;
  const left = Object.entries(scanVariables(text)).some(([name, values]) => values.some((value) => refuses(name, value)));
  return left ? null : { text, names: [...names] };
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
