import { join } from 'node:path';
import { printableLine } from '@nx-fleet/core';
import { keepContents } from './keep-contents.js';
import { ABSENT, isSameFile, keepFile, type KeptFile } from './kept-file.js';
import { openMainWorktree, type Repository, type Worktree } from './repository.js';
import { dirtyPaths } from './work-tree-state.js';
import { readHead } from './watched-head.js';
import type { Watched } from './watched.js';

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
    keepLost: async (keep) => {
      const now = await readState(repository, worktree);
      if (now.head !== before.head && !before.head.startsWith('refs/') && before.head !== '') await keep(before.head);
      const files = (await changedFiles(now)).map((path) => [path, before.dirty.get(path) ?? ABSENT] as const);
      await keepContents(repository, new Map([...files, ...(now.entries === before.entries ? [] : [[index, indexBefore] as const])]), keep);
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
