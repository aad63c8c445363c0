import { createHash } from 'node:crypto';
import { lstat, readFile, readlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { withScratchFolder } from '@nx-fleet/core';
import { isMissingFile } from '@nx-fleet/system';
import { fleetIdentity } from '../command/environment.js';
import type { Repository } from '../repository/repository.js';

/** Keeps a commit that nothing else holds any more. */
export type Keep = (commit: string) => Promise<void>;

/** One part of a repository that is compared with how it was when the watch began. */
export interface Watched {
  /** What is different, a printable line for each thing. */
  differences(): Promise<readonly string[]>;
  /** Hands over, as commits, what was there when the watch began and is not any more. Nothing is put back. */
  keepLost(keep: Keep): Promise<void>;
}

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

/** Keeps what was in files outside of git's trees, as a commit without parents: `1-pre-commit`, `2-config`. Absent files and folders have no content. */
export async function keepContents(repository: Repository, files: ReadonlyMap<string, KeptFile>, keep: Keep): Promise<void> {
  const entries: string[] = [];
  await withScratchFolder(repository.scratch, async (scratch) => {
    for (const [path, { content }] of files) {
      if (content === null) continue;
      const name = `${entries.length + 1}-${basename(path)}`;
      await writeFile(join(scratch, 'content'), content);
      const { stdout } = await repository.inMain(['hash-object', '-w', '--no-filters', '--', join(scratch, 'content')]);
      entries.push(`100644 blob ${stdout.trim()}\t${name}\0`);
    }
  });
  if (entries.length === 0) return;
  const tree = (await repository.inMain(['mktree', '-z'], { input: entries.join('') })).stdout.trim();
  const message = 'As it was before an agent that was reading changed it';
  const commit = ['commit-tree', tree, '-F', '-'];
  await keep((await repository.inMain(commit, { input: message, variables: fleetIdentity() })).stdout.trim());
}
