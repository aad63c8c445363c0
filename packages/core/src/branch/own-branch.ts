import { untilFree } from './claim-build.js';
import { clearInterruptedChecks } from './interrupted-checks.js';
import { keepBackup, keepWork } from './keep-work.js';
import { buildingRef, builtRef } from './refs.js';
import { UserError } from '../errors/user-error.js';
import type { StageContext, StageIssue } from '../stage/stage-context.js';
import { count } from '../text/count.js';
import { printableLine } from '../text/printable.js';

/**
 * Makes sure that the worktree holds no uncommitted work, once other runs of the issue have ended. What an interrupted build left is kept under a ref and cleared away.
 * @throws UserError when the user's work is in it, which could not be hashed honestly
 */
export async function requireCleanWorktree(issue: StageIssue, context: StageContext): Promise<void> {
  const { git, project } = context;
  const { local } = issue;
  await untilFree(context);
  const strays = await context.host.endStrays(local.worktree);
  if (strays > 0) context.onProgress(`an earlier run was killed: ended ${count(strays, 'process')} that it left running`);
  await clearInterruptedChecks(issue, context);
  const interrupted = await git.readRef(buildingRef(project));
  if (interrupted !== null) return clearAttempt(interrupted, issue, context);
  const dirty = await git.dirtyPaths(local.worktree);
  if (dirty.length === 0) return;
  throw new UserError(
    `"${local.worktree}" has uncommitted changes ("${printableLine(dirty[0] ?? '')}"${dirty.length > 1 ? ` and ${dirty.length - 1} more` : ''}), which no cache key can cover. Commit or remove them: git -C "${local.worktree}" status`,
  );
}

/** Clears away what a build that did not end well left in the worktree; its work is kept under a ref. */
export async function clearAttempt(base: string, issue: StageIssue, context: StageContext): Promise<void> {
  await startOver(base, issue, context);
  await context.git.deleteRef(buildingRef(context.project));
}

/** Puts branch and worktree back to the commit that a writer started from; what it did is kept under a ref. */
export async function startOver(from: string, { local, manifest }: StageIssue, context: StageContext): Promise<void> {
  const { git, project, onProgress } = context;
  const tip = await git.readRef(`refs/heads/${manifest.branch}`);
  if (tip !== from || (await git.dirtyPaths(local.worktree)).length > 0) {
    const message = `Unfinished build of ${project}`;
    const kept = await keepWork({ project, worktree: local.worktree, message, base: from }, context);
    onProgress(`unfinished work of an earlier build was kept as ${kept}`);
  }
  await git.resetWorktree(local.worktree, from);
}

/** Whether the branch holds nothing but what a build put there; another commit message makes no difference. */
export async function isOwnWork(tip: string, base: string, { git, project }: StageContext): Promise<boolean> {
  if (await git.isAncestor(tip, base)) return true;
  const built = await git.readRef(builtRef(project));
  if (built === null) return false;
  return (await git.isAncestor(tip, built)) || (await git.resolveTree(tip)) === (await git.resolveTree(built));
}

/**
 * Before anything is paid for: a build puts the branch at its base.
 * @throws UserError when that would remove commits that no build made
 */
export async function requireOwnWork(base: string, { manifest, local }: StageIssue, context: StageContext): Promise<void> {
  const { git, project } = context;
  const { branch, tracker } = manifest;
  const tip = await git.readRef(`refs/heads/${branch}`);
  if (tip === null || (await isOwnWork(tip, base, context))) return;
  const built = await git.readRef(builtRef(project));
  const [first, ...others] = await git.log(built !== null && (await git.isAncestor(built, tip)) ? built : base, tip);
  const named = `"${printableLine(first?.subject ?? '')}"${others.length === 0 ? '' : ` and ${others.length} more`}`;
  throw new UserError(
    `A build of "${project}" starts from ${base.slice(0, 8)}, and "${branch}" has commits that no build made (${named}). To have the branch checked and reviewed as it is: nx g worktree --issue=${tracker.reference} --adopt. To build without them, keep them first: git branch my-work ${branch} && git -C "${local.worktree}" reset --hard ${base.slice(0, 12)}`,
  );
}

/** Moves branch and files to a commit. A tip that is not an ancestor of it is kept under a ref. */
export async function moveBranch(to: string, { local, manifest }: StageIssue, context: StageContext): Promise<void> {
  const { git, host, project, onProgress } = context;
  const tip = await git.readRef(`refs/heads/${manifest.branch}`);
  if (tip === to) return;
  if (tip !== null && !(await git.isAncestor(tip, to))) {
    const ref = await keepBackup(tip, { project, at: host.now() }, git);
    onProgress(`the earlier head ${tip.slice(0, 8)} was kept as ${ref}`);
  }
  await git.resetWorktree(local.worktree, to);
}

interface Unchanged {
  /** Who worked there: `The checks`. */
  readonly who: string;
  readonly tree: string;
  readonly issue: StageIssue;
}

/** @throws UserError when the worktree or its branch is not as it was */
export async function requireUnchanged({ who, tree, issue }: Unchanged, context: StageContext): Promise<void> {
  await requireNothingLeft(who, issue, context);
  const { manifest } = issue;
  const { git } = context;
  if ((await git.resolveTree(`refs/heads/${manifest.branch}`)) !== tree) {
    throw new UserError(`"${manifest.branch}" changed while it was checked. Run again.`);
  }
}

/** @throws UserError when files are changed or new that git does not ignore */
export async function requireNothingLeft(who: string, { local }: StageIssue, { git }: StageContext): Promise<void> {
  const dirty = await git.dirtyPaths(local.worktree);
  if (dirty.length === 0) return;
  const named = dirty
    .slice(0, 5)
    .map((path) => printableLine(path))
    .join('", "');
  throw new UserError(
    `${who} left files in "${local.worktree}" that git does not ignore ("${named}"). Add them to .gitignore, or commit what is written there.`,
  );
}
