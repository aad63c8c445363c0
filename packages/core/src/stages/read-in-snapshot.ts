import { UserError } from '../errors/user-error.js';
import type { SnapshotRequest } from '../git/git.js';
import type { StageContext, StageIssue } from './stage-context.js';

/**
 * Lets a reader work in a snapshot of exactly the trees that its key names, and proves that it wrote nothing: neither there nor in the
 * issue's worktree. If it did, what it said is thrown away.
 */
export async function readInSnapshot<Result>(
  { issue, ...request }: SnapshotRequest & { readonly issue: StageIssue },
  { git, project }: StageContext,
  read: (directory: string) => Promise<Result>,
): Promise<Result> {
  const worktreeState = async (): Promise<string> =>
    JSON.stringify([await git.dirtyPaths(issue.local.worktree), await git.readRef(`refs/heads/${issue.manifest.branch}`)]);
  const snapshot = await git.createSnapshot(request);
  try {
    const [snapshotBefore, worktreeBefore] = [await snapshot.fingerprint(), await worktreeState()];
    const result = await read(snapshot.directory);
    if ((await snapshot.fingerprint()) !== snapshotBefore) {
      throw new UserError(
        `The agent wrote to its read-only snapshot of "${project}". Its answer is discarded; nothing of yours was touched.`,
      );
    }
    if ((await worktreeState()) !== worktreeBefore) {
      throw new UserError(
        `"${issue.local.worktree}" changed while an agent was reading. Its answer is discarded. Look at git -C "${issue.local.worktree}" status, then run this again.`,
      );
    }
    return result;
  } finally {
    await snapshot.remove();
  }
}
