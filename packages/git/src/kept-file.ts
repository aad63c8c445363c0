import { createHash } from 'node:crypto';
import { lstat, readFile, readlink } from 'node:fs/promises';
import { isMissingFile } from '@nx-fleet/system';

const MAX_BYTES = 8 * 1024 * 1024;
const KIND = 0o170000;

/** A file as it was: enough to compare it and, up to 8 MiB, to keep a copy. Absent is a state too. */
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
