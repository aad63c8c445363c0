import { keepInTrash } from './keep-in-trash.js';
import type { StageContext, StageIssue } from './stage-context.js';

/** The issue's worktree as a reader finds it. */
export interface WorktreeState {
  readonly branch: string | null;
  readonly tip: string | null;
  readonly dirty: readonly string[];
  readonly stashes: readonly string[];
  /** Its env file, which git ignores. */
  readonly environment: string | null;
}

export async function worktreeState({ local, manifest }: StageIssue, { git, host }: StageContext): Promise<WorktreeState> {
  return {
    branch: await git.currentBranch(local.worktree),
    tip: await git.readRef(`refs/heads/${manifest.branch}`),
    dirty: await git.dirtyPaths(local.worktree),
    stashes: await git.stashesOn(manifest.branch),
    environment: await host.readFile(environmentFile(local.worktree)),
  };
}

/** Makes the worktree clean at its tip again, as a reader found it. @returns what was done, for a person; null when nothing was changed */
export async function putWorktreeBack(before: WorktreeState, issue: StageIssue, context: StageContext): Promise<string | null> {
  const { git, host, project, onProgress } = context;
  const { worktree } = issue.local;
  const { branch, tip, dirty } = before;
  const now = await worktreeState(issue, context);
  if (JSON.stringify(now) === JSON.stringify(before)) return null;
  const changed = `"${worktree}" changed while an agent was reading.`;
  if (before.environment !== null && now.environment !== before.environment) {
    await host.writePrivateFile(environmentFile(worktree), before.environment);
    onProgress(`"${environmentFile(worktree)}" is put back`);
  }
  // Work that was there before, or another branch: only a person can tell what belongs where.
  if (tip === null || dirty.length > 0 || now.branch !== branch)
    return `${changed} Look at git -C "${worktree}" status, then run this again.`;
  if (now.tip === tip && now.dirty.length === 0) {
    const isStash = now.stashes.length !== before.stashes.length;
    return isStash
      ? `${changed} There is a new stash entry. Look at git -C "${worktree}" stash list, then run this again.`
      : `${changed} Its .env.local is put back.`;
  }
  const captured = await git.captureWorktree(worktree, `Changed while an agent was reading: ${project}`);
  const ref = await keepInTrash(captured, { project, at: host.now() }, git);
  await git.resetWorktree(worktree, tip);
  onProgress(`"${worktree}" is put back to ${tip.slice(0, 8)}; what was changed is kept as ${ref}`);
  return `${changed} It is put back; what was changed is kept as ${ref}.`;
}

function environmentFile(worktree: string): string {
  return `${worktree}/.env.local`;
}
