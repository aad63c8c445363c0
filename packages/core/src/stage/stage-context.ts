import type { StageLimits } from './stage-settings.js';
import type { Agent } from '../agent/agent.js';
import type { Database } from '../database/database.js';
import { UserError } from '../errors/user-error.js';
import type { Git } from '../git/git.js';
import type { Host } from '../host/host.js';
import type { LocalState, Manifest } from '../manifest/manifest.js';
import type { PromptName } from '../prompt/render-prompt.js';
import type { IsJudge } from '../review/steering.js';
import type { MatchesGlob } from '../review/unread-files.js';
import type { ProvisioningSettings } from '../worktree/worktree-work.js';

/** What every stage works with. */
export interface StageContext {
  readonly project: string;
  /** The Nx target that runs: the folder of its artifacts. */
  readonly target: string;
  /** The hash that Nx stores this task's result under; null outside Nx. */
  readonly key: string | null;
  /** A digest of what is in the key by the stage's own inputs; of a build without what it starts from. Null where that is not known. */
  readonly recipe: string | null;
  readonly limits: StageLimits;
  readonly git: Git;
  readonly host: Host;
  readonly database: Database;
  /** How worktrees are set up. What of it changes a stage's result is in that stage's settings too. */
  readonly provisioning: ProvisioningSettings;
  /** @param programs where its program is, if that lies in the repository. @default the workspace */
  readonly agent: (name: string, programs?: string) => Agent;
  /** Text of a prompt template. */
  readonly prompt: (name: PromptName, workspace?: string) => Promise<string>;
  /** @default nothing of the repository is a prompt or a program */
  readonly isJudge?: IsJudge | undefined;
  readonly matchesGlob: MatchesGlob;
  /** What the user has to know, also where a result is shown again later: in the past tense. */
  readonly onProgress: (line: string) => void;
  /** What happens now: a step that begins, or a line of a program's output. */
  readonly onDetail: (line: string, kind: 'step' | 'output') => void;
  /** Waits; a signal ends it early. @default by the clock */
  readonly sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  readonly signal?: AbortSignal;
}

export interface StageIssue {
  readonly manifest: Manifest;
  readonly spec: string;
  readonly local: LocalState;
}

/** @throws UserError when the issue or its worktree is not there */
export async function requireIssue({ project, host, git }: StageContext): Promise<StageIssue> {
  const [manifest, spec, local] = await Promise.all([
    host.state.readManifest(project),
    host.state.readSpec(project),
    host.state.readLocal(project),
  ]);
  const id = project.replace(/^issue-/, '');
  if (manifest === null || spec === null) throw new UserError(`"${project}" does not exist here. Create it: nx g worktree --issue=${id}`);
  const again = `nx g worktree --issue=${manifest.tracker.reference}`;
  if (local === null) throw new UserError(`The worktree of "${project}" is not ready. Finish it: ${again}`);
  if (local.databaseFailure !== undefined) {
    throw new UserError(`The database of "${project}" was not created (${local.databaseFailure}). Once that is fixed: ${again}`);
  }
  const entry = (await git.listWorktrees()).find((other) => other.path === local.worktree);
  if (entry === undefined || !(await host.pathExists(local.worktree))) {
    throw new UserError(`The worktree "${local.worktree}" of "${project}" is gone. Make it again: ${again}`);
  }
  if (entry.branch !== manifest.branch) {
    throw new UserError(
      `"${local.worktree}" is on ${entry.branch === null ? 'a detached HEAD' : `"${entry.branch}"`}, not on "${manifest.branch}". Switch back: git -C "${local.worktree}" switch ${manifest.branch}`,
    );
  }
  return { manifest, spec, local };
}
