import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** What one test has: a temporary folder, and the lines that were printed. */
export interface ShownOutput {
  readonly root: () => string;
  readonly lines: () => readonly string[];
}

/** To be called once, at the top of a spec. */
export function useShownOutput(): ShownOutput {
  const { info, warn, error } = console;
  let root = '';
  let lines: string[] = [];
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'nx-fleet-')));
    lines = [];
    console.info = (line: string) => void lines.push(stripVTControlCharacters(line));
    console.warn = (line: string) => void lines.push(stripVTControlCharacters(line));
    console.error = (line: string) => void lines.push(stripVTControlCharacters(line));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
    Object.assign(console, { info, warn, error });
  });
  return { root: () => root, lines: () => lines };
}

/** What is written to stdout meanwhile. */
export async function writtenBy(act: () => Promise<unknown>): Promise<string> {
  const write = process.stdout.write.bind(process.stdout);
  let text = '';
  process.stdout.write = (part: string | Uint8Array) => {
    text += String(part);
    return true;
  };
  try {
    await act();
  } finally {
    process.stdout.write = write;
  }
  return text;
}
