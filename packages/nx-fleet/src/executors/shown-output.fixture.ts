import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// oxlint-disable-next-line no-restricted-imports
import { logger } from '@nx/devkit';

/** What one test has: a temporary folder, and the lines that Nx's logger was given. */
export interface ShownOutput {
  readonly root: () => string;
  readonly lines: () => readonly string[];
}

/** To be called once, at the top of a spec. */
export function useShownOutput(): ShownOutput {
  const { info, warn, error } = logger;
  let root = '';
  let lines: string[] = [];
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'nx-fleet-')));
    lines = [];
    logger.info = (line: string) => void lines.push(line);
    logger.warn = (line: string) => void lines.push(line);
    logger.error = (line: string) => void lines.push(line);
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
    Object.assign(logger, { info, warn, error });
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
