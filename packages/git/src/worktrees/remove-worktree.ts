import { rm } from 'node:fs/promises';
import { printableLine, UserError } from '@nx-fleet/core';
import { isInside, pathExists, withLease } from '@nx-fleet/system';
import { withRetries } from '../command/retry.js';
import type { Repository } from '../repository/repository.js';
import { worktreeLease } from './add-worktree.js';
import { finishMove } from './move-worktree.js';
import { discardBrokenRegistration, unregisterWorktree } from './repair-worktree.js';
import { listAllWorktrees } from './worktree-list.js';
import { canonicalPath, folderContent, pointsInto } from './worktree-path.js';

/**
 * Removes a worktree with whatever is in it, even a half-made or half-moved one; one that is gone is fine.
 * @param discard takes the folder away once it is known to be a removable worktree @default removes it
 * @throws UserError for a folder that is none of this repository's
 */
export async function removeWorktree(repository: Repository, path: string, discard: Discard = removeFolder): Promise<void> {
  const target = await canonicalPath(path);
  const { commonDirectory } = await repository.locate();
  const lease = worktreeLease(commonDirectory);
  await withLease(lease, async () => {
    await discardBrokenRegistration(repository, target);
    await finishMove(repository, target);
  });
  await requireRemovable(repository, target);
  // The files go first, outside of the lease, for there may be many; the registration stays until they are gone, so that the same command can finish.
  await discard(target);
  await withLease(lease, () => withRetries(() => unregister(repository, target)));
}

type Discard = (path: string) => Promise<void>;

async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 5 });
}

async function unregister(repository: Repository, path: string): Promise<void> {
  if (!(await isRegistered(repository, path))) return;
  await unregisterWorktree(repository, path);
  if (await isRegistered(repository, path)) throw new Error(`git keeps the worktree "${printableLine(path)}" registered`);
}

async function requireRemovable(repository: Repository, path: string): Promise<void> {
  const { mainWorktree, commonDirectory } = await repository.locate();
  const name = printableLine(path);
  if (isInside(mainWorktree, path) || isInside(commonDirectory, path)) {
    throw new UserError(`"${name}" holds the main worktree, which is never removed. Name a linked worktree.`);
  }
  const worktrees = await listAllWorktrees(repository);
  const inner = worktrees.find((worktree) => worktree.path !== path && isInside(worktree.path, path));
  if (inner !== undefined) throw new UserError(`"${name}" holds the worktree "${printableLine(inner.path)}". Remove that one first.`);
  if (worktrees.some((worktree) => worktree.path === path) || !(await pathExists(path))) return;
  const content = await folderContent(path);
  if (content?.length === 0 || (await pointsInto(path, commonDirectory))) return;
  throw new UserError(`"${name}" is not a worktree of this repository. To remove it, delete the folder yourself.`);
}

async function isRegistered(repository: Repository, path: string): Promise<boolean> {
  return (await listAllWorktrees(repository)).some((worktree) => worktree.path === path);
}
