import { ENV_FILE, keepWork } from '../branch/keep-work.js';
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
    // Without their places: those change with every entry of others.
    stashes: (await git.stashesOn(manifest.branch)).map((entry) => entry.replace(/^stash@\{\d+\}: /, '')),
    environment: await host.readFile(environmentFile(local.worktree)),
  };
}

/** Makes the worktree clean at its tip again, as a reader found it. @returns what was done, for the user; null when nothing was changed */
export async function putWorktreeBack(before: WorktreeState, issue: StageIssue, context: StageContext): Promise<string | null> {
  const { worktree } = issue.local;
  const now = await worktreeState(issue, context);
  if (JSON.stringify(now) === JSON.stringify(before)) return null;
  const said = [
    `"${worktree}" changed while an agent was reading.`,
    await putEnvironmentBack({ before: before.environment, now: now.environment }, issue, context),
    JSON.stringify(now.stashes) === JSON.stringify(before.stashes)
      ? null
      : `Its branch has other stash entries than before. Look at git -C "${worktree}" stash list, then run this again.`,
    await putFilesBack(before, now, { issue, context }),
  ];
  return said.filter((line) => line !== null).join(' ');
}

async function putFilesBack(
  { branch, tip, dirty }: WorktreeState,
  now: WorktreeState,
  { issue, context }: { readonly issue: StageIssue; readonly context: StageContext },
): Promise<string | null> {
  const { git, project, onProgress } = context;
  const { worktree } = issue.local;
  // Work that was there before, or another branch: only the user can tell what belongs where.
  if (tip === null || dirty.length > 0 || now.branch !== branch) return `Look at git -C "${worktree}" status, then run this again.`;
  if (now.tip === tip && now.dirty.length === 0) return null;
  const message = `Changed while an agent was reading: ${project}`;
  const ref = await keepWork({ project, worktree, message, base: tip }, context);
  await git.resetWorktree(worktree, tip);
  onProgress(`restored "${worktree}" to ${tip.slice(0, 8)}; the changes were kept as ${ref}`);
  return `It was restored; the changes were kept as ${ref}.`;
}

interface Environments {
  readonly before: string | null;
  readonly now: string | null;
}

/** What was there goes into a file that its owner alone may read: env files hold secrets, which are nothing for git. */
async function putEnvironmentBack(
  { before, now }: Environments,
  { local: { worktree } }: StageIssue,
  { git, host, project, onProgress }: StageContext,
): Promise<string | null> {
  const file = environmentFile(worktree);
  if (now === before) return null;
  if (before === null) return `It has an .env.local that was not there before: look at "${file}", and delete it if it is not yours.`;
  const time = host.now().toISOString().replace(/[-:]/g, '');
  const kept = `${(await git.locate()).mainWorktree}/.nx-fleet/local/kept/${project}-${time}.env.local`;
  if (now !== null) await host.writePrivateFile(kept, now);
  await host.writePrivateFile(file, before);
  onProgress(`restored "${file}"`);
  return now === null ? 'Its .env.local was restored.' : `Its .env.local was restored; the changed file was kept as "${kept}".`;
}

function environmentFile(worktree: string): string {
  return `${worktree}/${ENV_FILE}`;
}
