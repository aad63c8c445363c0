import { UserError } from '../errors/user-error.js';
import type { Git, RepositoryLocation } from '../git/git.js';
import type { Host } from '../host/host.js';
import { printableLine } from '../text/printable.js';
import { findAllocation } from './claim.js';
import type { WorktreePlan } from './plan-worktree.js';

export interface BranchDecision {
  /** True when undoing may delete it: it is ours. */
  readonly owned: boolean;
}

/**
 * Decides what an issue's branch is: still to be made, ours, or one that stands at the base and so holds nobody's work.
 * @throws UserError when it is someone else's or checked out elsewhere
 */
export async function adoptOrCreateBranch(
  { manifest, worktree, here }: WorktreePlan,
  { commonDirectory }: RepositoryLocation,
  { git, host }: { readonly git: Git; readonly host: Host },
): Promise<BranchDecision> {
  const { branch, base, project } = manifest;
  const [isName, allocations, worktrees, tip] = await Promise.all([
    git.isBranchName(branch),
    host.registry.read(),
    git.listWorktrees(),
    git.readRef(`refs/heads/${branch}`),
  ]);
  if (!isName) {
    throw new UserError(`"${printableLine(branch)}" is not a branch name that git takes. Choose another with --branch.`);
  }
  const allocation = findAllocation(allocations, { repository: commonDirectory, project });
  const elsewhere = worktrees.find(
    (entry) => entry.branch === branch && entry.path !== (here ? worktree : (allocation?.worktree ?? worktree)),
  );
  if (elsewhere !== undefined) {
    throw new UserError(
      `Branch "${branch}" is checked out in "${elsewhere.path}". Choose another with --branch, or switch that worktree away from it.`,
    );
  }
  if (here) return { owned: false };
  if (tip !== null && allocation !== undefined) return { owned: allocation.ownsBranch };
  if (tip === null) return { owned: true };
  if (manifest.adopted === true) return { owned: false };
  if (tip === base) return { owned: false };
  throw new UserError(
    `Branch "${branch}" exists already and is not ours. To take it with the work on it: --branch=${branch}. Or choose another with --branch, or delete it if nothing on it is needed: git branch -D ${branch}`,
  );
}
