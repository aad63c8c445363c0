import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { printableLine } from '@nx-fleet/core';
import { captureWorktree } from './commits.js';
import { ABSENT, isSameFile, keepFile, restoreFile, type KeptFile } from './kept-file.js';
import { openMainWorktree, type Repository, type Worktree } from './repository.js';
import { dirtyPaths } from './work-tree-state.js';
import { readHead, restoreHead } from './watched-head.js';
import { eachInTurn, type Watched } from './watched.js';

interface WorktreeState {
  /** A ref, or the commit of a detached HEAD. */
  readonly head: string;
  /** Entries and flags of the index; its file times may change. */
  readonly entries: string;
  /** What differs from HEAD. */
  readonly dirty: ReadonlyMap<string, KeptFile>;
}

/** Watches the main worktree: HEAD, index, and each file that git does not ignore. The user's own changes are kept as they are. */
export async function watchMainWorktree(repository: Repository): Promise<Watched> {
  const worktree = await openMainWorktree(repository);
  const index = join(worktree.gitDirectory, 'index');
  const [before, indexBefore] = [await readState(repository, worktree), await keepFile(index)];
  const changedFiles = async (now: WorktreeState): Promise<readonly string[]> => {
    const paths = [...new Set([...before.dirty.keys(), ...now.dirty.keys()])];
    // A path that is missing on one side was as in HEAD there.
    return paths.filter(
      (path) =>
        !isSameFile(before.dirty.get(path) ?? ABSENT, now.dirty.get(path) ?? ABSENT) || before.dirty.has(path) !== now.dirty.has(path),
    );
  };
  return {
    differences: async () => {
      const now = await readState(repository, worktree);
      return [
        ...(now.head === before.head ? [] : ['HEAD of the main worktree']),
        ...(now.entries === before.entries ? [] : ['index of the main worktree']),
        ...(await changedFiles(now)).map((path) => `"${printableLine(path)}" in the main worktree`),
      ];
    },
    putBack: async (keep) => {
      const now = await readState(repository, worktree);
      const paths = await changedFiles(now);
      if (now.head === before.head && now.entries === before.entries && paths.length === 0) return;
      await keep(await captureWorktree(repository, worktree.path, { message: 'Changed in the main worktree while an agent was reading' }));
      const { content } = indexBefore;
      await eachInTurn<() => Promise<void>>(
        [
          async () => (now.head === before.head ? undefined : restoreHead(worktree, before.head)),
          async () => (now.entries === before.entries || content === null ? undefined : replaceIndex(index, content)),
          async () => restoreFiles(worktree, before.dirty, paths),
        ],
        (step) => step(),
      );
    },
  };
}

async function readState(repository: Repository, worktree: Worktree): Promise<WorktreeState> {
  const head = await readHead(worktree);
  const entries = (await worktree.run(['ls-files', '--stage', '-v', '-z'])).stdout;
  const dirty = new Map<string, KeptFile>();
  for (const path of await dirtyPaths(repository, worktree.path)) dirty.set(path, await keepFile(join(worktree.path, path)));
  return { head, entries, dirty };
}

/** As git does: anyone who holds the lock file may write. */
async function replaceIndex(index: string, content: Buffer): Promise<void> {
  await writeFile(`${index}.lock`, content, { flag: 'wx' });
  await rename(`${index}.lock`, index);
}

async function restoreFiles(worktree: Worktree, before: ReadonlyMap<string, KeptFile>, paths: readonly string[]): Promise<void> {
  const clean = paths.filter((path) => !before.has(path));
  const tracked = new Set((await worktree.run(['ls-files', '-z', '--', ...clean.map((path) => `:(literal)${path}`)])).stdout.split('\0'));
  for (const path of paths) {
    const kept = before.get(path);
    if (kept !== undefined || !tracked.has(path)) await restoreFile(join(worktree.path, path), kept ?? ABSENT);
  }
  const input = clean.filter((path) => tracked.has(path)).map((path) => `${path}\0`);
  if (input.length > 0) await worktree.run(['checkout-index', '--force', '--index', '-z', '--stdin'], { input: input.join('') });
}
