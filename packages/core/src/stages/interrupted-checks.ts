import { requireNoLivingBuild } from './claim-build.js';
import { keepInTrash } from './keep-in-trash.js';
import { checkingRef } from './refs.js';
import type { StageContext, StageIssue } from './stage-context.js';

/** Notes that from now on what appears in the worktree is the checks' doing. @returns what takes the note away */
export async function noteChecks({ manifest }: StageIssue, { git, project }: StageContext): Promise<() => Promise<void>> {
  const head = await git.resolveCommit(`refs/heads/${manifest.branch}`);
  if (head !== null) await git.writeRef(checkingRef(project), head);
  return () => git.deleteRef(checkingRef(project));
}

/**
 * Puts the worktree back to what killed checks have checked; what they left in it is kept under a ref.
 * A branch that moved since is left as it is: that was a person.
 */
export async function clearInterruptedChecks({ local, manifest }: StageIssue, context: StageContext): Promise<void> {
  const { git, host, project, onProgress } = context;
  const checked = await git.readRef(checkingRef(project));
  if (checked === null) return;
  await requireNoLivingBuild(context);
  const isDirty = (await git.dirtyPaths(local.worktree)).length > 0;
  if (isDirty && (await git.readRef(`refs/heads/${manifest.branch}`)) === checked) {
    const captured = await git.captureWorktree(local.worktree, `Left by interrupted checks of ${project}`);
    const ref = await keepInTrash(captured, { project, at: host.now() }, git);
    await git.resetWorktree(local.worktree, checked);
    onProgress(`checks were interrupted; what was in the worktree afterwards is kept as ${ref}`);
  }
  await git.deleteRef(checkingRef(project));
}
