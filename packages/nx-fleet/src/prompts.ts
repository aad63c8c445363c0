import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PromptName } from '@nx-fleet/core';
import { PACKAGE_ROOT } from './package-root.js';

/** Folder of the templates that ship with the package. */
export const PROMPTS_DIRECTORY = join(PACKAGE_ROOT, 'prompts');

/** Reads a template: the workspace's own where it has one, else ours. */
export async function readPrompt(name: PromptName, overrideDirectory: string | undefined): Promise<string> {
  const own = overrideDirectory === undefined ? null : await readIfThere(join(overrideDirectory, `${name}.md`));
  return own ?? readFile(join(PROMPTS_DIRECTORY, `${name}.md`), 'utf8');
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
