import { ENV_FILE, keepBackup } from '../branch/keep-work.js';
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

/** Compares the worktree with how a reader found it. @returns what is different, for the user; null when nothing is */
export async function compareWorktree(before: WorktreeState, issue: StageIssue, context: StageContext): Promise<string | null> {
  const { worktree } = issue.local;
  const now = await worktreeState(issue, context);
  if (JSON.stringify(now) === JSON.stringify(before)) return null;
  return [
    `"${worktree}" changed while an agent was reading: ${differences(before, now).join(', ')}.`,
    ...(await keepLost({ before, now }, context)),
    `Look at git -C "${worktree}" status, undo what is not yours, then run this again.`,
  ].join(' ');
}

function differences(before: WorktreeState, now: WorktreeState): readonly string[] {
  return [
    ...(now.branch === before.branch ? [] : ['its branch']),
    ...(now.tip === before.tip ? [] : ['its commits']),
    ...(JSON.stringify(now.dirty) === JSON.stringify(before.dirty) ? [] : ['its files']),
    ...(JSON.stringify(now.stashes) === JSON.stringify(before.stashes) ? [] : ['its stash entries']),
    ...(now.environment === before.environment ? [] : ['its .env.local']),
  ];
}

interface States {
  readonly before: WorktreeState;
  readonly now: WorktreeState;
}

/** The env file goes into a file that its owner alone may read: env files hold secrets, which are nothing for git. */
async function keepLost({ before, now }: States, { git, host, project }: StageContext): Promise<readonly string[]> {
  const kept: string[] = [];
  if (before.tip !== null && before.tip !== now.tip) kept.push(await keepBackup(before.tip, { project, at: host.now() }, git));
  if (before.environment !== null && before.environment !== now.environment) {
    const time = host.now().toISOString().replace(/[-:]/g, '');
    const file = `${(await git.locate()).mainWorktree}/.nx-fleet/local/kept/${project}-${time}.env.local`;
    await host.writePrivateFile(file, before.environment);
    kept.push(`"${file}"`);
  }
  return kept.length === 0 ? [] : [`What was there before is kept as ${kept.join(', ')}.`];
}

function environmentFile(worktree: string): string {
  return `${worktree}/${ENV_FILE}`;
}
