import { copyFile, link, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMissingFile, pathExists } from '@nx-fleet/system';
import type { Worktree } from '../repository/repository.js';

const LOCK_PATIENCE_MS = 2_000;
const LOCK_PAUSE_MS = 50;

/** Copies an index; false when there is none. */
export async function copyIndex(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to);
    // git trusts file times that are older than the index: a copy that looks newer would hide a change made in the same moment.
    const written = Math.floor((await stat(from)).mtimeMs / 1000);
    await utimes(to, written, written);
    return true;
  } catch (error) {
    if (isMissingFile(error)) return false;
    throw error;
  }
}

/** Puts a file of the same disk in place of a worktree's index, as git does: the holder of the lock file may write. */
export async function replaceIndex(worktree: Worktree, index: string): Promise<void> {
  const lock = join(worktree.gitDirectory, 'index.lock');
  await link(index, lock);
  await rename(lock, join(worktree.gitDirectory, 'index'));
}

/** Waits for a lock on the index, and removes one that stays: a git that was killed leaves it, and all later ones would fail. */
export async function freeIndex({ gitDirectory }: Worktree): Promise<void> {
  const lock = join(gitDirectory, 'index.lock');
  for (let waitedMs = 0; waitedMs < LOCK_PATIENCE_MS; waitedMs += LOCK_PAUSE_MS) {
    if (!(await pathExists(lock))) return;
    await sleep(LOCK_PAUSE_MS);
  }
  await rm(lock, { force: true });
}
