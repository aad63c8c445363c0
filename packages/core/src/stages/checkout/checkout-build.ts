import { UserError } from '../../errors/user-error.js';
import { printableLine } from '../../text/printable.js';
import type { Restored } from '../../branch/stored-commits.js';
import { restoreBuild, type Build } from '../build/build-artifact.js';
import { adoptedBase } from '../build/build-base.js';
import { readCheckout, writeCheckout, type Checkout } from '../../branch/checkout-artifact.js';
import { isOwnWork, moveBranch, requireCleanWorktree } from '../../branch/own-branch.js';
import { builtRef } from '../../branch/refs.js';
import { followBranch } from '../../branch/set-up-worktree.js';
import { requireIssue, type StageContext, type StageIssue } from '../../stage/stage-context.js';
import { BUILD_TARGET } from '../../stage/targets.js';

/**
 * Brings the issue's branch to its build on this machine, from the bundle when the commits are not here: a cached build runs no code.
 * Commits that are on top stay; where the build starts from another commit than before, they are moved over with it.
 * @throws UserError when the build is not what it says, the worktree is dirty or the branch has gone another way
 */
export async function checkoutBuild(writer: string, context: StageContext): Promise<Checkout> {
  const { git, project, onProgress } = context;
  const issue = await requireIssue(context);
  const { manifest } = issue;
  const ref = `refs/heads/${manifest.branch}`;
  if (manifest.adopted === true) return takeAsItIs(issue, context);
  const build = await restoreBuild(writer, issue, context);
  await requireCleanWorktree(issue, context);
  const before = await readCheckout(project, BUILD_TARGET, context);
  await moveWithBase({ build, before, issue }, context);
  const tip = await git.readRef(ref);
  if (tip !== null && (await holdsBuild({ tip, build, before }, context))) {
    if ((await git.resolveTree(tip)) !== build.tree) onProgress(`${manifest.branch} has further work on its build`);
  } else if (tip === null || (await isOwnWork(tip, build.base, context)) || (await git.isAncestor(tip, build.head))) {
    await moveBranch(build.head, issue, context);
    onProgress(`${manifest.branch} moved to its build ${build.head.slice(0, 8)}`);
  } else {
    throw goneAnotherWay(build, issue);
  }
  const head = (await git.readRef(ref)) ?? build.head;
  const built = await git.readRef(builtRef(project));
  const isFixed = built !== null && (await git.isAncestor(build.head, built)) && (await git.isAncestor(built, head));
  if (!isFixed) await git.writeRef(builtRef(project), build.head);
  await followBranch(issue, context);
  return writeCheckout({ base: build.base, head, build: build.tree }, context);
}

/** A branch that was taken over with someone's work on it: that work is what is checked and reviewed. */
async function takeAsItIs(issue: StageIssue, context: StageContext): Promise<Checkout> {
  const { branch } = issue.manifest;
  await requireCleanWorktree(issue, context);
  const head = await context.git.readRef(`refs/heads/${branch}`);
  if (head === null) throw new UserError(`Branch "${branch}" is gone. Bring it back, then run this again.`);
  context.onProgress(`${branch} is taken as it is`);
  await followBranch(issue, context);
  return writeCheckout({ base: await adoptedBase(issue, head, context), head, build: null }, context);
}

interface Found {
  readonly build: Restored<Build>;
  /** What was checked out before. */
  readonly before: Checkout | null;
}

/** Whether this build, or the one that it was moved from, was brought here before: what is on the branch since then is the user's decision. */
function wasHere({ build, before }: Found): boolean {
  return before !== null && before.build !== null && (before.build === build.tree || before.build === build.movedFrom);
}

/** Moves all that is on the branch over to the commit that the issue starts from now: the build, fixes, and the user's commits. */
async function moveWithBase({ issue, ...found }: Found & { readonly issue: StageIssue }, context: StageContext): Promise<void> {
  const { git, project, onProgress } = context;
  const { build, before } = found;
  const { branch } = issue.manifest;
  const tip = await git.readRef(`refs/heads/${branch}`);
  if (tip === null || before === null || before.base === build.base || !wasHere(found)) return;
  if ((await git.isAncestor(build.base, tip)) || !(await git.isAncestor(before.base, tip))) return;
  const moved = await git.moveCommits(before.base, tip, build.base);
  if (moved.kind === 'merged') {
    const built = await git.readRef(builtRef(project));
    await moveBranch(moved.commit, issue, context);
    await git.writeRef(builtRef(project), built === tip ? moved.commit : build.head);
    onProgress(`${branch} moved to its new base ${build.base.slice(0, 8)}`);
    return;
  }
  // What we made is made again; the user's commits are theirs to move.
  if (await isOwnWork(tip, before.base, context)) return;
  throw new UserError(
    `"${branch}" starts from ${build.base.slice(0, 8)} now, and its commits do not fit there ("${moved.files.map((file) => printableLine(file)).join('", "')}"). Move them by hand, then run again: git -C "${issue.local.worktree}" rebase --onto ${build.base.slice(0, 12)} ${before.base.slice(0, 12)}`,
  );
}

/** Whether a branch is at a build or past it; one that was brought here before may have been rewritten by the user since. */
async function holdsBuild({ tip, ...found }: Found & { readonly tip: string }, { git, project }: StageContext): Promise<boolean> {
  const { base, head, tree } = found.build;
  if (await git.isAncestor(head, tip)) return true;
  if (!(await git.isAncestor(base, tip))) return false;
  if ((await git.resolveTree(tip)) === tree) return true;
  const isKnown = wasHere(found) || (await git.resolveTree(builtRef(project))) === tree;
  return isKnown && tip !== base && !(await git.isAncestor(tip, head));
}

function goneAnotherWay({ base, head }: Restored<Build>, { manifest, local }: StageIssue): UserError {
  const { branch, tracker } = manifest;
  return new UserError(
    `"${branch}" has diverged from its build ${head.slice(0, 8)}. To have it checked and reviewed as it is: nx g worktree --issue=${tracker.reference} --adopt. To continue from the build, keep your commits: git branch my-work ${branch} && git -C "${local.worktree}" reset --hard ${base.slice(0, 12)}`,
  );
}
