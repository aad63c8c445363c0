import { parseJson, type Settings } from '@nx-fleet/core';
import type { getPackageManagerCommand, PackageManager, Tree } from '@nx/devkit';
import { agentPrograms, type AgentPrograms } from './agent-programs.js';
import type { NormalizedCiOptions } from './normalize-options.js';
import { otherPipelines } from './other-pipelines.js';
import { isRecord } from '../../settings/read-settings.js';

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

export interface NodeChoice {
  /** File that names the version of Node for `actions/setup-node`, or null. */
  readonly file: string | null;
  /** Version for a pipeline that cannot read that file. */
  readonly version: string;
}

const VERSION_FILES = ['.nvmrc', '.node-version'];
const DEFAULT_VERSION = '24';
/** Lowest major version that nx-fleet runs on. */
const LOWEST_MAJOR = 20;
/** `22`, `22.x`, `v22.3.0`; no expression, no range, no `lts/*`. */
const VERSION = /^v?(\d+(?:\.(?:\d+|x|\*))*)$/;

/** The repository's own: a file of versions, else what its pipelines use, else `engines`. */
export function chooseNode(tree: Tree): NodeChoice {
  const file = VERSION_FILES.find((one) => tree.exists(one));
  if (file !== undefined) return { file, version: versionIn(tree.read(file, 'utf-8') ?? '') ?? DEFAULT_VERSION };
  const used = mostUsed(otherPipelines(tree).flatMap(nodeVersions));
  if (used !== null) return { file: null, version: used };
  const engines = enginesNode(tree);
  if (engines === null) return { file: null, version: DEFAULT_VERSION };
  const major = /\d+/.exec(engines)?.[0];
  return { file: 'package.json', version: major === undefined || Number(major) < LOWEST_MAJOR ? DEFAULT_VERSION : major };
}

function nodeVersions(pipeline: string): readonly string[] {
  const named = [
    ...pipeline.matchAll(/^\s*node-version:\s*['"]?([^'"\s#]+)['"]?/gm),
    ...pipeline.matchAll(/^\s*image:\s*['"]?node:([\w.]+)/gm),
  ];
  return named.flatMap((match) => versionIn(match[1] ?? '') ?? []);
}

function versionIn(text: string): string | null {
  const version = VERSION.exec(text.trim())?.[1] ?? null;
  return version === null || Number.parseInt(version, 10) < LOWEST_MAJOR ? null : version;
}

/** The later one of two that are used as often. */
function mostUsed(versions: readonly string[]): string | null {
  const count = (version: string): number => versions.filter((other) => other === version).length;
  return versions.toSorted((one, other) => count(other) - count(one) || Number.parseFloat(other) - Number.parseFloat(one))[0] ?? null;
}

function enginesNode(tree: Tree): string | null {
  const manifest = parseJson(tree.read('package.json', 'utf-8') ?? '');
  const engines = isRecord(manifest) ? manifest['engines'] : undefined;
  const node = isRecord(engines) ? engines['node'] : undefined;
  return typeof node === 'string' ? node : null;
}
