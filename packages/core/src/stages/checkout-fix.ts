import { UserError } from '../errors/user-error.js';
import type { Fix } from './fix-artefact.js';
import { moveBranch, requireCleanWorktree } from './own-branch.js';
import { builtRef, fetchedRef } from './refs.js';
import { followBranch } from './set-up-worktree.js';
import { requireIssue, type StageContext } from './stage-context.js';
import { restoreFix } from './stored-work.js';

/**
 * Brings the issue's branch to its fix on this machine, from the bundle when the commits are not here. What was put on top since stays.
 * @throws UserError when the worktree is dirty or the branch has gone another way
 */
export async function checkoutFix(writer: string, context: StageContext): Promise<Fix> {
  const { git, project, onProgress } = context;
  const issue = await requireIssue(context);
  const { branch } = issue.manifest;
  const fix = await restoreFix(writer, context);
  await requireCleanWorktree(issue, context);
  const tip = await git.readRef(`refs/heads/${branch}`);
  if (tip !== null && (await git.isAncestor(fix.head, tip))) {
    await followBranch(issue, context);
    return fix;
  }
  if (tip === null || !(await git.isAncestor(tip, fix.head))) {
    throw new UserError(
      `"${branch}" has gone another way than its fix ${fix.head.slice(0, 8)}, which starts from ${fix.start.slice(0, 8)}. Run again: nx run ${project}:agent-review`,
    );
  }
  await moveBranch(fix.head, issue, context);
  await git.writeRef(builtRef(project), fix.head);
  await git.deleteRef(fetchedRef(fix.head));
  await followBranch(issue, context);
  onProgress(`${branch} moved to its fix ${fix.head.slice(0, 8)}`);
  return fix;
}
