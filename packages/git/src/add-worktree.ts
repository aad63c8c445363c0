import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { printableLine, UserError } from '@nx-fleet/core';
import { withLease } from './lease.js';
import { readRef } from './refs.js';
import { discardBrokenRegistration, discardEmptyShell, discardUnfinishedRegistrations, unregisterWorktree } from './repair-worktree.js';
import type { Repository } from './repository.js';
import { listAllWorktrees, type ListedWorktree } from './worktree-list.js';
import { canonicalPath, exists, folderContent } from './worktree-path.js';

interface Target {
  readonly path: string;
  readonly branch: string;
}

// Other programs' `git worktree add` does not know our lease, and git 2.39 reads half-written registrations.
const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 50;

export function worktreeLease(commonDirectory: string): string {
  return join(commonDirectory, 'nx-fleet', 'worktree.lease');
}

/** Registers a linked worktree for an existing branch without checking out; one that is there already is fine. @throws UserError when path or branch is in other use */
export async function addWorktree(repository: Repository, path: string, branch: string): Promise<void> {
  const target = { path: await canonicalPath(path), branch };
  if ((await readRef(repository, `refs/heads/${branch}`)) === null) {
    throw new UserError(`Branch "${printableLine(branch)}" does not exist. Create it first: git branch ${printableLine(branch)}`);
  }
  const { commonDirectory } = await repository.locate();
  await withLease(worktreeLease(commonDirectory), async ({ tookOver }) => {
    if (tookOver) await discardUnfinishedRegistrations(repository);
    await addWithRetries(repository, target);
  });
}

async function addWithRetries(repository: Repository, target: Target): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await addOnce(repository, target);
      return;
    } catch (error) {
      if (error instanceof UserError || attempt === ATTEMPTS) throw error;
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random()));
      await discardBrokenRegistration(repository, target.path);
    }
  }
}

async function addOnce(repository: Repository, target: Target): Promise<void> {
  const worktrees = await listAllWorktrees(repository);
  const registered = worktrees.find((worktree) => worktree.path === target.path);
  if (registered !== undefined) {
    if (await isWhole(registered, target)) return;
    await unregisterWorktree(repository, target.path);
  }
  const holder = worktrees.find((worktree) => worktree.branch === target.branch && worktree !== registered);
  if (holder !== undefined) throw branchInUseError(target.branch, holder.path);
  await discardEmptyShell(repository, target.path);
  const content = await folderContent(target.path);
  if ((content === null && (await exists(target.path))) || (content !== null && content.length > 0)) throw pathInUseError(target.path);
  await repository.inMain(['worktree', 'add', '--no-checkout', '--', target.path, target.branch]);
}

/** True for the wanted worktree, false for one to be made anew. @throws UserError for one that is somebody's */
async function isWhole(registered: ListedWorktree, target: Target): Promise<boolean> {
  const path = printableLine(target.path);
  const initializing = registered.lockReason === 'initializing';
  const content = await folderContent(target.path);
  if (registered.branch !== target.branch && !(initializing && registered.branch === null)) {
    const owner = registered.branch === null ? 'a detached HEAD' : `branch "${printableLine(registered.branch)}"`;
    throw new UserError(`"${path}" is the worktree of ${owner}. Remove it first: git worktree remove "${path}"`);
  }
  if (initializing) return false;
  if (content === null && registered.locked) {
    throw new UserError(`The worktree "${path}" is locked and its folder is missing. Mount its disk, or run git worktree unlock "${path}"`);
  }
  if (content === null || content.length === 0) return false;
  if (content.includes('.git')) return true;
  throw new UserError(`The worktree "${path}" has lost its .git file. Mend it with git worktree repair, or move the folder away.`);
}

function branchInUseError(branch: string, path: string): UserError {
  const holder = printableLine(path);
  return new UserError(`Branch "${branch}" is checked out in "${holder}". Remove that worktree or switch it to another branch.`);
}

function pathInUseError(path: string): UserError {
  return new UserError(`"${printableLine(path)}" exists and is no worktree of this repository. Move it away or choose another folder.`);
}
