import { printableLine, UserError } from '@nx-fleet/core';
import { pathExists, withLease } from '@nx-fleet/system';
import { withRetries } from '../command/run-git.js';
import { readRef } from '../repository/refs.js';
import type { Repository } from '../repository/repository.js';
import { requireCommit } from '../repository/revisions.js';
import { discardBrokenRegistration, discardEmptyShell, discardUnfinishedRegistrations, unregisterWorktree } from './remove-worktree.js';
import { canonicalPath, folderContent, listAllWorktrees, type ListedWorktree, worktreeLease } from './worktree-list.js';

interface Target {
  readonly path: string;
  /** Null for a detached HEAD. */
  readonly branch: string | null;
  readonly commit: string;
}

/** Registers a linked worktree for an existing branch without checking out; one that is there already is fine. @throws UserError when path or branch is in other use */
export async function addWorktree(repository: Repository, path: string, branch: string): Promise<void> {
  await add(repository, { path: await canonicalPath(path), branch, commit: await requireBranch(repository, branch) });
}

/** Registers a linked worktree at a commit with a detached HEAD, without checking out; one that is there already is fine. @throws UserError when the path is in other use */
export async function addDetachedWorktree(repository: Repository, path: string, commit: string): Promise<void> {
  await add(repository, { path: await canonicalPath(path), branch: null, commit: await requireCommit(repository, commit) });
}

/** The tip of a branch. @throws UserError when there is no such branch */
export async function requireBranch(repository: Repository, branch: string): Promise<string> {
  const tip = await readRef(repository, `refs/heads/${branch}`);
  if (tip !== null) return tip;
  throw new UserError(`Branch "${printableLine(branch)}" does not exist. Create it first: git branch ${printableLine(branch)}`);
}

/** @throws UserError when another worktree than the one at `path` has the branch */
export function requireFreeBranch(worktrees: readonly ListedWorktree[], branch: string, path: string): void {
  const holder = worktrees.find((worktree) => worktree.branch === branch && worktree.path !== path);
  if (holder === undefined) return;
  const place = printableLine(holder.path);
  throw new UserError(`Branch "${branch}" is checked out in "${place}". Remove that worktree or switch it to another branch.`);
}

async function add(repository: Repository, target: Target): Promise<void> {
  const { commonDirectory } = await repository.locate();
  await withLease(worktreeLease(commonDirectory), async ({ tookOver }) => {
    if (tookOver) await discardUnfinishedRegistrations(repository);
    await withRetries(
      () => addOnce(repository, target),
      () => discardBrokenRegistration(repository, target.path),
    );
  });
}

async function addOnce(repository: Repository, target: Target): Promise<void> {
  const worktrees = await listAllWorktrees(repository);
  const registered = worktrees.find((worktree) => worktree.path === target.path);
  if (registered !== undefined) {
    if (await isWhole(registered, target)) return;
    await unregisterWorktree(repository, target.path);
  }
  if (target.branch !== null) requireFreeBranch(worktrees, target.branch, target.path);
  await discardEmptyShell(repository, target.path);
  const content = await folderContent(target.path);
  if ((content === null && (await pathExists(target.path))) || (content !== null && content.length > 0)) throw pathInUseError(target.path);
  const what = target.branch === null ? ['--detach', '--', target.path, target.commit] : ['--', target.path, target.branch];
  await repository.inMain(['worktree', 'add', '--no-checkout', ...what]);
}

/** True for the wanted worktree, false for one to be made again. @throws UserError for one that is somebody's */
async function isWhole(registered: ListedWorktree, target: Target): Promise<boolean> {
  const path = printableLine(target.path);
  const initializing = registered.lockReason === 'initializing';
  const content = await folderContent(target.path);
  const isEmpty = content === null || content.every((name) => name === '.git');
  if (!isWanted(registered, target) && !(initializing && registered.branch === null)) {
    if (target.branch === null && registered.branch === null && isEmpty && !registered.locked) return false;
    const owner = registered.branch === null ? 'a detached HEAD' : `branch "${printableLine(registered.branch)}"`;
    throw new UserError(`"${path}" is the worktree of ${owner}. Remove it first: git worktree remove "${path}"`);
  }
  if (initializing) return false;
  if (content === null && registered.locked) {
    throw new UserError(`The worktree "${path}" is locked and its folder is missing. Mount its disk, or run git worktree unlock "${path}"`);
  }
  if (content === null || content.length === 0) return false;
  if (content.includes('.git')) return true;
  throw new UserError(`The worktree "${path}" has lost its .git file. Repair it with git worktree repair, or move the folder away.`);
}

function isWanted(registered: ListedWorktree, target: Target): boolean {
  return registered.branch === target.branch && (target.branch !== null || registered.head === target.commit);
}

function pathInUseError(path: string): UserError {
  return new UserError(`"${printableLine(path)}" exists and is not a worktree of this repository. Move it away or choose another folder.`);
}
