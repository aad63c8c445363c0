import { printableLine } from '@nx-fleet/core';
import type { Repository, Worktree } from './repository.js';
import type { Watched } from './watched.js';

/** Watches which branch, or which commit, a worktree is on. */
export async function watchHead(repository: Repository, path: string): Promise<Watched> {
  const worktree = await repository.openWorktree(path);
  const before = await readHead(worktree);
  const isSame = async (): Promise<boolean> => (await readHead(worktree)) === before;
  return {
    differences: async () => ((await isSame()) ? [] : [`HEAD of "${printableLine(worktree.path)}"`]),
    // A commit that only a detached HEAD named.
    keepLost: async (keep) => (before === '' || before.startsWith('refs/') ? undefined : keep(before)),
  };
}

/** A ref, or the commit of a detached HEAD; empty when it is neither. */
export async function readHead({ run }: Worktree): Promise<string> {
  const symbolic = await run(['symbolic-ref', '-q', 'HEAD'], { answers: [0, 1, 128] });
  if (symbolic.exitCode === 0) return symbolic.stdout.trim();
  return (await run(['rev-parse', '--verify', '-q', 'HEAD'], { answers: [0, 1, 128] })).stdout.trim();
}
