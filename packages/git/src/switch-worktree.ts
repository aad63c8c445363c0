import { printableLine, UserError } from '@nx-fleet/core';
import { requireBranch, requireFreeBranch } from './add-worktree.js';
import { checkoutVariables, withCheckoutLease } from './checkout-worktree.js';
import type { Repository, Worktree } from './repository.js';
import { withRetries } from './retry.js';
import { alignSparseCheckout } from './sparse-checkout.js';
import { fillSubmodules } from './submodules.js';
import { currentBranch } from './work-tree-state.js';
import { listAllWorktrees } from './worktree-list.js';

/** Puts a clean worktree with a detached HEAD on an existing branch; only files that differ are written. @throws UserError when worktree or branch is in other use */
export async function switchWorktree(repository: Repository, path: string, branch: string): Promise<void> {
  const [worktree, variables] = await Promise.all([
    repository.openWorktree(path),
    checkoutVariables(repository),
    requireBranch(repository, branch),
  ]);
  await withCheckoutLease(worktree, async ({ tookOver }) => {
    // git writes HEAD last: what stands on the branch is whole, and may be somebody's by now.
    if (!(await isSwitched(repository, worktree, branch))) {
      const flags = ['--no-guess', '--no-recurse-submodules', '--quiet', ...(tookOver ? ['--force'] : [])];
      const run = (): Promise<unknown> => worktree.run(['switch', ...flags, branch], { variables });
      await (tookOver ? run() : withRetries(run));
    }
    await alignSparseCheckout(repository, worktree);
    await fillSubmodules(repository, worktree);
  });
}

async function isSwitched(repository: Repository, worktree: Worktree, branch: string): Promise<boolean> {
  const current = await currentBranch(repository, worktree.path);
  if (current === branch) return true;
  if (current !== null) {
    const path = printableLine(worktree.path);
    throw new UserError(`"${path}" is the worktree of branch "${printableLine(current)}". Remove it first: git worktree remove "${path}"`);
  }
  requireFreeBranch(await listAllWorktrees(repository), branch, worktree.path);
  return false;
}
