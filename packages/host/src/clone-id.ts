import { randomBytes } from 'node:crypto';
import { link, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { readFileIfPresent, writeDurably } from '@nx-fleet/system';

/** A random id, written once under a repository's common git directory: of all that ask at once, one writes, and all read the same. */
export async function cloneId(commonDirectory: string): Promise<string> {
  const file = path.join(commonDirectory, 'nx-fleet', 'clone-id');
  const present = await readFileIfPresent(file);
  if (present !== null) return present.trim();
  const id = randomBytes(8).toString('hex');
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}-${id}`;
  try {
    await writeDurably(temporary, `${id}\n`);
    await link(temporary, file);
    return id;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return cloneId(commonDirectory);
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}
