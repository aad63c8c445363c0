import { UserError } from '../errors/user-error.js';
import type { SnapshotRequest } from '../git/git.js';
import { keepInTrash } from './keep-in-trash.js';
import type { StageContext, StageIssue } from './stage-context.js';

/**
 * Lets a reader work in a snapshot of exactly the trees that its key names, and proves that it wrote nothing: neither there nor in the
 * issue's worktree. If it did, what it said is thrown away, and the worktree is put back as it was; what was changed is kept under a ref.
 */
export async function readInSnapshot<Result>(
  { issue, ...request }: SnapshotRequest & { readonly issue: StageIssue },
  context: StageContext,
  read: (directory: string) => Promise<Result>,
): Promise<Result> {
  const { git, project } = context;
  const { worktree } = issue.local;
  const snapshot = await git.createSnapshot(request);
  try {
    const [snapshotBefore, worktreeBefore] = [await snapshot.fingerprint(), await stateOf(issue, context)];
    const reading = await settle(read(snapshot.directory));
    const change = isSame(worktreeBefore, await stateOf(issue, context)) ? null : await putBack(worktreeBefore, issue, context);
    if (!reading.succeeded) throw reading.error;
    if ((await snapshot.fingerprint()) !== snapshotBefore) {
      throw new UserError(
        `The agent wrote to its read-only snapshot of "${project}". Its answer is discarded${change === null ? '; nothing of yours was touched' : `, and "${worktree}" changed too: ${change}`}.`,
      );
    }
    if (change !== null) throw new UserError(`"${worktree}" changed while an agent was reading. Its answer is discarded. ${change}.`);
    return reading.result;
  } finally {
    await snapshot.remove();
  }
}

type Settled<Result> = { readonly succeeded: true; readonly result: Result } | { readonly succeeded: false; readonly error: unknown };

async function settle<Result>(reading: Promise<Result>): Promise<Settled<Result>> {
  try {
    return { succeeded: true, result: await reading };
  } catch (error) {
    return { succeeded: false, error };
  }
}

interface WorktreeState {
  readonly branch: string | null;
  readonly tip: string | null;
  readonly dirty: readonly string[];
  readonly stashes: readonly string[];
}

async function stateOf({ local, manifest }: StageIssue, { git }: StageContext): Promise<WorktreeState> {
  return {
    branch: await git.currentBranch(local.worktree),
    tip: await git.readRef(`refs/heads/${manifest.branch}`),
    dirty: await git.dirtyPaths(local.worktree),
    stashes: await git.stashesOn(manifest.branch),
  };
}

function isSame(one: WorktreeState, other: WorktreeState): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Makes the worktree clean at its tip again, as a reader found it. @returns what was done, for a person */
async function putBack({ branch, tip, dirty }: WorktreeState, issue: StageIssue, context: StageContext): Promise<string> {
  const { git, host, project, onProgress } = context;
  const { worktree } = issue.local;
  const now = await stateOf(issue, context);
  // Work that was there before, or another branch: only a person can tell what belongs where.
  if (tip === null || dirty.length > 0 || now.branch !== branch) return `Look at git -C "${worktree}" status, then run this again`;
  if (now.tip === tip && now.dirty.length === 0)
    return `There is a new stash entry. Look at git -C "${worktree}" stash list, then run this again`;
  const captured = await git.captureWorktree(worktree, `Changed while an agent was reading: ${project}`);
  const ref = await keepInTrash(captured, { project, at: host.now() }, git);
  await git.resetWorktree(worktree, tip);
  onProgress(`"${worktree}" is put back to ${tip.slice(0, 8)}; what was changed is kept as ${ref}`);
  return `It is put back; what was changed is kept as ${ref}`;
}
