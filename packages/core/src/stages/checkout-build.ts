import { UserError } from '../errors/user-error.js';
import type { Build } from './build-artefact.js';
import type { Checkout } from './checkout-artefact.js';
import { isOwnWork, moveBranch, requireCleanWorktree } from './own-branch.js';
import { builtRef, fetchedRef } from './refs.js';
import { followBranch } from './set-up-worktree.js';
import { requireIssue, type StageContext, type StageIssue } from './stage-context.js';
import { restoreBuild } from './stored-work.js';
import { BUILD_TARGET } from './targets.js';

/**
 * Brings the issue's branch to its build on this machine, from the bundle when the commits are not here: a cached build runs no code.
 * Commits that a person put on top stay.
 * @throws UserError when the build is not what it says, the worktree is dirty or the branch has gone another way
 */
export async function checkoutBuild(writer: string, context: StageContext): Promise<Checkout> {
  const { git, project, onProgress } = context;
  const issue = await requireIssue(context);
  const { manifest, local } = issue;
  if (manifest.adopted === true) return takeAsItIs(issue, context);
  const build = await restoreBuild(writer, issue, context);
  await requireCleanWorktree(issue, context);
  const tip = await git.readRef(`refs/heads/${manifest.branch}`);
  if (tip !== null && (await holdsBuild(tip, build, context))) {
    onProgress(
      tip === build.head
        ? `${manifest.branch} is at its build ${build.head.slice(0, 8)}`
        : `${manifest.branch} has further work on its build`,
    );
  } else if (tip === null || (await isOwnWork(tip, build.base, context)) || (await git.isAncestor(tip, build.head))) {
    await moveBranch(build.head, issue, context);
    onProgress(`${manifest.branch} moved to its build ${build.head.slice(0, 8)}`);
  } else {
    throw new UserError(
      `"${manifest.branch}" has gone another way than its build ${build.head.slice(0, 8)}. To have it checked and reviewed as it is: nx g worktree --issue=${manifest.tracker.reference} --adopt. To go on from the build, keep your commits: git branch my-work ${manifest.branch} && git -C "${local.worktree}" reset --hard ${build.base.slice(0, 12)}`,
    );
  }
  await git.writeRef(builtRef(project), build.head);
  await git.deleteRef(fetchedRef(build.head));
  await followBranch(issue, context);
  return writeCheckout({ base: build.base, tree: (await git.resolveTree(`refs/heads/${manifest.branch}`)) ?? build.tree }, context);
}

/** A branch that was taken over with someone's work on it: that work is what is checked and reviewed. */
async function takeAsItIs(issue: StageIssue, context: StageContext): Promise<Checkout> {
  const { base, branch } = issue.manifest;
  await requireCleanWorktree(issue, context);
  const tree = await context.git.resolveTree(`refs/heads/${branch}`);
  if (tree === null) throw new UserError(`Branch "${branch}" is gone. Bring it back, then run this again.`);
  context.onProgress(`${branch} is taken as it is`);
  await followBranch(issue, context);
  return writeCheckout({ base, tree }, context);
}

async function writeCheckout(checkout: Checkout, { host, project }: StageContext): Promise<Checkout> {
  await host.artefacts.write(project, BUILD_TARGET, 'checkout.json', `${JSON.stringify(checkout, null, 2)}\n`);
  return checkout;
}

/** Whether a branch is at a build or past it; a build that was brought here before may have been rewritten by a person since. */
async function holdsBuild(tip: string, { base, head, tree }: Build, { git, project }: StageContext): Promise<boolean> {
  if ((await git.isAncestor(head, tip)) || (await git.resolveTree(tip)) === tree) return true;
  const wasHere = (await git.readRef(builtRef(project))) === head;
  return wasHere && tip !== base && (await git.isAncestor(base, tip)) && !(await git.isAncestor(tip, head));
}
