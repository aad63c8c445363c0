import type { getPackageManagerCommand, PackageManager } from '@nx/devkit';
import type { Settings } from '@nx-fleet/core';
import { agentPrograms, type AgentPrograms } from './agent-programs.js';
import type { NormalizedCiOptions } from './normalize-options.js';

/** The package manager of a workspace with Nx' commands for it. */
export interface WorkspaceCommands {
  readonly packageManager: PackageManager;
  readonly commands: Pick<ReturnType<typeof getPackageManagerCommand>, 'exec' | 'install' | 'ciInstall'>;
  /** File that names the version of Node, if the workspace has one. */
  readonly nodeVersionFile: string | null;
}

/** All that the templates fill in. */
export interface PipelineValues {
  readonly base: string;
  readonly label: string;
  /** Whether issues are GitHub's, so that a label can start something. */
  readonly hasGitHubIssues: boolean;
  readonly fleetProject: string;
  /** Major version of Node, where no file names one. */
  readonly nodeVersion: string;
  readonly nodeVersionFile: string | null;
  /** Makes the package manager available; null for npm. */
  readonly prepare: string | null;
  readonly install: string;
  /** Runs Nx. */
  readonly nx: string;
  readonly reviewers: AgentPrograms;
  /** All who work on an issue. */
  readonly team: AgentPrograms;
}

const NODE_VERSION = '24';
const BUN_VERSION = '1.4.5';

export function pipelineValues(
  { base, label }: Pick<NormalizedCiOptions, 'base' | 'label'>,
  settings: Settings,
  workspace: WorkspaceCommands,
): PipelineValues {
  const { writer, planner, reviewers } = settings.agents;
  const tester = settings.validate.agent;
  return {
    base,
    label,
    hasGitHubIssues: settings.tracker.type === 'github',
    fleetProject: settings.names.fleetProject,
    nodeVersion: NODE_VERSION,
    nodeVersionFile: workspace.nodeVersionFile,
    prepare: preparation(workspace.packageManager),
    install: frozenInstall(workspace),
    nx: `${workspace.commands.exec} nx`,
    reviewers: agentPrograms(settings, reviewers),
    team: agentPrograms(settings, [planner, writer, ...reviewers, ...(tester === undefined ? [] : [tester])]),
  };
}

/** Corepack comes with Node 24 and takes the version that package.json names. */
function preparation(packageManager: PackageManager): string | null {
  if (packageManager === 'npm') return null;
  return packageManager === 'bun' ? `npm install --global bun@${BUN_VERSION}` : 'corepack enable';
}

/** Nx' own command for bun does not keep to the lock file. */
function frozenInstall({ packageManager, commands }: WorkspaceCommands): string {
  return packageManager === 'bun' ? 'bun install --frozen-lockfile' : (commands.ciInstall ?? commands.install);
}
