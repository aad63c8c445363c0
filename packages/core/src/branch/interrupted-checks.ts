import { keepWork } from './keep-work.js';
import { checkingRef } from './refs.js';
import type { StageContext, StageIssue } from '../stage/stage-context.js';

/**
 * Notes that from now on what appears in the worktree is the checks' doing, for the case that they are killed. @returns what removes the note
 * however they end: what is found later may be the user's. What cancelled checks left half-made is cleared away at once.
 */
export async function noteChecks(issue: StageIssue, context: StageContext): Promise<(isCancelled: boolean) => Promise<void>> {
  const { git, project } = context;
  const { manifest } = issue;
  const head = await git.resolveCommit(`refs/heads/${manifest.branch}`);
  if (head !== null) await git.writeRef(checkingRef(project), head);
  return (isCancelled) => (isCancelled ? clearInterruptedChecks(issue, context) : git.deleteRef(checkingRef(project)));
}

/**
 * Puts the worktree back to what checks, or the trial of an app, were at; what they left in it is kept under a ref.
 * A branch that moved since, or another one, is left as it is: that was the user.
 */
export async function clearInterruptedChecks({ local, manifest }: StageIssue, context: StageContext): Promise<void> {
  const { git, project, onProgress } = context;
  const checked = await git.readRef(checkingRef(project));
  if (checked === null) return;
  const isDirty = (await git.dirtyPaths(local.worktree)).length > 0;
  const isThere = (await git.currentBranch(local.worktree)) === manifest.branch;
  if (isDirty && isThere && (await git.readRef(`refs/heads/${manifest.branch}`)) === checked) {
    const message = `Left by checks of ${project}`;
    const kept = await keepWork({ project, worktree: local.worktree, message, base: checked }, context);
    await git.resetWorktree(local.worktree, checked);
    onProgress(`files that checks or an app left in the worktree were kept as ${kept}`);
  }
  await git.deleteRef(checkingRef(project));
}
