import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isMissingFile } from './file-errors.js';

const MAX_BYTES = 8 * 1024 * 1024;
const KIND = 0o170000;

/** A file as it was: enough to compare it and, up to 8 MiB, to write it again. Absent is a state too. */
export interface KeptFile {
  readonly mode: number | null;
  readonly digest: string;
  /** Content, or where a link leads; null when it was not kept. */
  readonly content: Buffer | null;
}

/** No file. */
export const ABSENT: KeptFile = { mode: null, digest: '', content: null };

export async function keepFile(path: string): Promise<KeptFile> {
  try {
    const { mode, size, mtimeMs } = await lstat(path);
    const kind = mode & KIND;
    if (kind === 0o120000) return kept(mode, await readlink(path, { encoding: 'buffer' }));
    // Pipes would be waited for; folders are other repositories, whose files are not ours to judge.
    if (kind !== 0o100000) return { mode, digest: 'special', content: null };
    return size > MAX_BYTES ? { mode, digest: `${size} ${mtimeMs}`, content: null } : kept(mode, await readFile(path));
  } catch (error) {
    if (isMissingFile(error)) return ABSENT;
    throw error;
  }
}

function kept(mode: number, content: Buffer): KeptFile {
  return { mode, digest: createHash('sha256').update(content).digest('hex'), content };
}

export function isSameFile(one: KeptFile, other: KeptFile): boolean {
  return one.mode === other.mode && one.digest === other.digest;
}

/** Writes a file as it was, through a rename, or removes it if there was none. Folders, and files whose content was not kept, are left as they are. */
export async function restoreFile(path: string, { mode, content }: KeptFile): Promise<void> {
  if (mode === null) return removeFile(path);
  if (content === null) return;
  const temporary = `${path}.nx-fleet-${process.pid}`;
  await mkdir(dirname(path), { recursive: true });
  if ((mode & KIND) === 0o120000) await symlink(content, temporary);
  else {
    await writeFile(temporary, content);
    await chmod(temporary, mode & 0o7777);
  }
  await rename(temporary, path);
}

async function removeFile(path: string): Promise<void> {
  const { mode } = await keepFile(path);
  if (mode !== null && (mode & KIND) !== 0o040000) await rm(path, { force: true });
}
