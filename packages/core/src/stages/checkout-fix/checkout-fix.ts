import { requireCheckout, writeCheckout, type Checkout } from '../../branch/checkout-artifact.js';
import { moveBranch, requireCleanWorktree } from '../../branch/own-branch.js';
import { builtRef } from '../../branch/refs.js';
import { followBranch } from '../../branch/set-up-worktree.js';
import { requireIssue, type StageContext } from '../../stage/stage-context.js';
import { restoreFix } from '../fix/fix-artifact.js';

/**
 * Brings the issue's branch from what was reviewed to its fix on this machine, from the bundle when the commits are not here.
 * @throws UserError when the worktree is dirty, or the branch holds something else than was reviewed
 */
export async function checkoutFix(writer: string, context: StageContext): Promise<Checkout> {
  const { git, project, onProgress } = context;
  const issue = await requireIssue(context);
  const { base, build } = await requireCheckout(context);
  await requireCleanWorktree(issue, context);
  const fix = await restoreFix(writer, context);
  if (fix.head !== fix.base) {
    await moveBranch(fix.head, issue, context);
    await git.writeRef(builtRef(project), fix.head);
    onProgress(`${issue.manifest.branch} moved to its fix ${fix.head.slice(0, 8)}`);
  }
  await followBranch(issue, context);
  return writeCheckout({ base, head: fix.head, build }, context);
}
