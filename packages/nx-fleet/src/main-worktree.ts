import { realpath } from 'node:fs/promises';
import { UserError } from '@nx-fleet/core';
import type { Adapters } from './adapters.js';

/**
 * State belongs to the main worktree.
 * @throws UserError with its path when the workspace is a linked worktree, or lies in a sub-folder of its repository
 */
export async function requireMainWorktree(workspaceRoot: string, { git }: Pick<Adapters, 'git'>): Promise<void> {
  const { mainWorktree, currentWorktree } = await git.locate();
  if (mainWorktree !== currentWorktree) {
    throw new UserError(`"${workspaceRoot}" is a linked worktree; issues are kept in the main one. Run this there: cd "${mainWorktree}"`);
  }
  await requireRepositoryRoot(workspaceRoot, { git });
}

/** @throws UserError when the workspace lies in a sub-folder of its repository */
export async function requireRepositoryRoot(workspaceRoot: string, { git }: Pick<Adapters, 'git'>): Promise<void> {
  const { currentWorktree } = await git.locate();
  if ((await realpath(workspaceRoot)) !== currentWorktree) {
    throw new UserError(
      `The Nx workspace "${workspaceRoot}" is a sub-folder of the git repository "${currentWorktree}". nx-fleet needs nx.json at the root of the repository.`,
    );
  }
}
