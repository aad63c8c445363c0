import { printableLine, UserError } from '@nx-fleet/core';
import { withRetries } from '../command/retry.js';
import type { Repository, Worktree } from '../repository/repository.js';
import { requireBranch, requireFreeBranch } from './add-worktree.js';
import { checkoutVariables, withCheckoutLease } from './checkout-worktree.js';
import { alignSparseCheckout } from './large-files.js';
import { fillSubmodules } from './submodules.js';
import { dirtyPaths } from './work-tree-state.js';
import { listAllWorktrees } from './worktree-list.js';

/** Puts a clean worktree with a detached HEAD on an existing branch; only files that differ are written. @throws UserError when worktree or branch is in other use */
export async function switchWorktree(repository: Repository, path: string, branch: string): Promise<void> {
  const [worktree, tip] = await Promise.all([repository.openWorktree(path), requireBranch(repository, branch)]);
  await withCheckoutLease(worktree, async ({ tookOver }) => {
    // git writes HEAD last: what is on the branch is whole, and may be somebody's by now.
    const detachedAt = await detachedHead(repository, worktree, branch);
    // What a killed switch has left may have other files than its HEAD.
    const hasItsFiles = !tookOver && detachedAt === tip;
    if (hasItsFiles) await worktree.run(['symbolic-ref', '-m', `switched to ${branch}`, 'HEAD', `refs/heads/${branch}`]);
    else if (detachedAt !== null) await writeBranch(repository, worktree, { branch, force: tookOver });
    await alignSparseCheckout(repository, worktree);
    await fillSubmodules(repository, worktree);
  });
}

async function writeBranch(
  repository: Repository,
  worktree: Worktree,
  { branch, force }: { readonly branch: string; readonly force: boolean },
): Promise<void> {
  const variables = await checkoutVariables(repository);
  const flags = ['--no-guess', '--no-recurse-submodules', '--quiet'];
  const isForced = force || (await dirtyPaths(repository, worktree.path)).length === 0;
  const run = (): Promise<unknown> => worktree.run(['switch', ...flags, ...(isForced ? ['--force'] : []), branch], { variables });
  await (force ? run() : withRetries(run));
}

/** The commit that a worktree with a detached HEAD is at; null when it is on the branch. @throws UserError when it, or another worktree, is in other use */
async function detachedHead(repository: Repository, worktree: Worktree, branch: string): Promise<string | null> {
  const worktrees = await listAllWorktrees(repository);
  const current = worktrees.find((entry) => entry.path === worktree.path);
  if (current === undefined) throw new Error(`git does not list the worktree "${printableLine(worktree.path)}"`);
  if (current.branch === branch) return null;
  if (current.branch !== null) {
    const path = printableLine(worktree.path);
    throw new UserError(
      `"${path}" is the worktree of branch "${printableLine(current.branch)}". Remove it first: git worktree remove "${path}"`,
    );
  }
  requireFreeBranch(worktrees, branch, worktree.path);
  return current.head ?? '';
}
