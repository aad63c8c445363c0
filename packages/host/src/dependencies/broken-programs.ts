import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { nullIfAbsent } from '@nx-fleet/system';

const PROGRAMS = path.join('node_modules', '.bin');

/** Programs of a clone's `node_modules/.bin` that are broken links, although those of its original are not. */
export async function brokenPrograms(original: string, clone: string): Promise<readonly string[]> {
  const names = await readdir(path.join(original, PROGRAMS)).catch((error: unknown) => nullIfAbsent(error) ?? []);
  const states = await Promise.all(names.map(async (name) => (await leads(original, name)) && !(await leads(clone, name))));
  return names.filter((_, index) => states[index]);
}

async function leads(worktree: string, name: string): Promise<boolean> {
  return (await stat(path.join(worktree, PROGRAMS, name)).catch(nullIfAbsent)) !== null;
}
