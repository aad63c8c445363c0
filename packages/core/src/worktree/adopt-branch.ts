import { UserError } from '../errors/user-error.js';
import type { Git, RepositoryLocation } from '../git/git.js';
import type { Host } from '../host/host.js';
import { ENV_FILE } from '../branch/keep-work.js';
import { printableLine } from '../text/printable.js';
import { findAllocation } from './claim.js';
import type { WorktreePlan } from './plan-worktree.js';

export interface BranchDecision {
  /** True when undoing may delete it: it is ours. */
  readonly owned: boolean;
}

/**
 * Decides what an issue's branch is: still to be made, ours, or one that is at the base and so holds no work.
 * @throws UserError when it is someone else's or checked out elsewhere
 */
export async function adoptOrCreateBranch(
  { manifest, worktree, here, branchStart }: WorktreePlan,
  { commonDirectory }: RepositoryLocation,
  { git, host }: { readonly git: Git; readonly host: Host },
): Promise<BranchDecision> {
  const { branch, base, project } = manifest;
  const [isName, local, allocations, worktrees, tip] = await Promise.all([
    git.isBranchName(branch),
    host.state.readLocal(project),
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
  await requireUntrackedEnvironment(tip ?? branchStart, git);
  if (here) return { owned: false };
  if (tip !== null && allocation !== undefined) return { owned: allocation.ownsBranch };
  if (tip === null) {
    await requireFreeName(branch, git);
    return { owned: true };
  }
  if (local !== null) return { owned: local.ownsBranch ?? false };
  if (manifest.adopted === true) return { owned: false };
  if (tip === base) return { owned: false };
  throw new UserError(
    `Branch "${branch}" exists already and is not ours. To take it with the work on it: --branch=${branch}. Or choose another with --branch, or delete it if nothing on it is needed: git branch -D ${branch}`,
  );
}

/** Ports and the database's password go into this file: tracked, they would be in the next commit. */
async function requireUntrackedEnvironment(commit: string, git: Git): Promise<void> {
  if ((await git.readFile(commit, ENV_FILE)) === null) return;
  throw new UserError(
    `"${ENV_FILE}" is committed in ${commit.slice(0, 8)}, and nx-fleet writes ports and the database URL of each worktree to it. Untrack it on the base: git rm --cached ${ENV_FILE} && echo ${ENV_FILE} >> .gitignore && git commit -am "chore: untrack ${ENV_FILE}"`,
  );
}

/** git keeps a branch as a file: where one is named like a folder of the other, the two cannot both exist. */
async function requireFreeName(branch: string, git: Git): Promise<void> {
  const inTheWay = await git.branchInTheWay(branch);
  if (inTheWay === null) return;
  const { name, isRemote } = inTheWay;
  const other = `--branch=${branch.replaceAll('/', '-')}`;
  throw new UserError(
    isRemote
      ? `origin has a branch "${printableLine(name)}", so "${branch}" could never be pushed. Choose another name: ${other}. If origin no longer has it: git fetch --prune`
      : `Branch "${branch}" cannot exist beside the branch "${printableLine(name)}". Choose another name: ${other}. Or rename that one: git branch -m ${printableLine(name)} ${printableLine(name)}-old`,
  );
}
