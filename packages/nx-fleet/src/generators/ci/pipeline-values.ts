import type { getPackageManagerCommand, PackageManager } from '@nx/devkit';
import type { Settings } from '@nx-fleet/core';
import { agentPrograms, type AgentPrograms } from './agent-programs.js';
import type { NodeChoice } from './node-version.js';
import type { NormalizedCiOptions } from './normalize-options.js';

/** The package manager of a workspace with Nx' commands for it. */
export interface WorkspaceCommands {
  readonly packageManager: PackageManager;
  readonly commands: Pick<ReturnType<typeof getPackageManagerCommand>, 'exec' | 'install' | 'ciInstall'>;
  readonly node: NodeChoice;
}

/** All that the templates fill in. */
export interface PipelineValues {
  readonly base: string;
  readonly label: string;
  /** Whether issues are GitHub's, so that a label can start something. */
  readonly hasGitHubIssues: boolean;
  readonly fleetProject: string;
  /** Version of Node, where no file that the pipeline can read names one. */
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
    nodeVersion: workspace.node.version,
    nodeVersionFile: workspace.node.file,
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
