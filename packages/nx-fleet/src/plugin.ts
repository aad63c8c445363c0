import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  createNodesFromFiles,
  type CreateNodesContextV2,
  type CreateNodesResult,
  type CreateNodesV2,
  type PreTasksExecution,
  type ProjectConfiguration,
} from '@nx/devkit';
import { manifestSchema, printableLine, UserError, type Manifest, type Settings } from '@nx-fleet/core';
import { fleetTargets } from './graph/fleet-targets.js';
import { issueTargets } from './graph/issue-targets.js';
import { settingsFromOptions } from './settings/read-settings.js';
import { rememberSettings } from './settings/settings-of-run.js';

// nx-fleet.json is in the glob so that Nx's daemon looks again when it changes.
const CONFIG_FILES = '{nx.json,nx-fleet.json,.nx-fleet/issues/*/issue.json}';

/** Runs before Nx makes any key; what it sets is in the environment of all tasks of the command. */
export const preTasksExecution: PreTasksExecution = (options, { workspaceRoot }) =>
  rememberSettings(settingsFromOptions(workspaceRoot, options), process.env);

/** Infers one project per issue, and the project that carries what concerns all of them. */
export const createNodesV2: CreateNodesV2 = [
  CONFIG_FILES,
  (files, options, context) => {
    const settings = settingsFromOptions(context.workspaceRoot, options);
    const manifests = readManifests(files, context);
    const known = new Set([...manifests.values()].map(({ project }) => project));
    return createNodesFromFiles((file) => projectsOf(file, { manifests, known, settings }), files, options, context);
  },
];

export const createNodes = createNodesV2;

interface Fleet {
  readonly manifests: ReadonlyMap<string, Manifest>;
  /** Projects that have a manifest. */
  readonly known: ReadonlySet<string>;
  readonly settings: Settings;
}

function projectsOf(file: string, { manifests, known, settings }: Fleet): CreateNodesResult {
  if (file === 'nx.json') return { projects: { '.nx-fleet': fleetProject(settings) } };
  const manifest = manifests.get(file);
  return manifest === undefined ? {} : { projects: { [dirname(file)]: issueProject(manifest, known, settings) } };
}

function fleetProject({ names }: Settings): ProjectConfiguration {
  return { name: names.fleetProject, root: '.nx-fleet', tags: ['nx-fleet:fleet'], targets: fleetTargets() };
}

function issueProject(manifest: Manifest, known: ReadonlySet<string>, settings: Settings): Omit<ProjectConfiguration, 'root'> {
  // Nx only warns of a project in dependsOn that does not exist, and runs: a missing blocker is refused by the build itself.
  const blockers = manifest.blockedBy.filter((blocker) => known.has(blocker));
  return {
    name: manifest.project,
    projectType: 'application',
    tags: ['nx-fleet:issue'],
    implicitDependencies: blockers,
    targets: issueTargets(manifest, settings, blockers),
    metadata: { description: manifest.title, technologies: ['nx-fleet'] },
  };
}

function readManifests(files: readonly string[], { workspaceRoot }: CreateNodesContextV2): ReadonlyMap<string, Manifest> {
  const manifests = new Map<string, Manifest>();
  for (const file of files) {
    if (!file.endsWith('/issue.json')) continue;
    const text = readIfThere(join(workspaceRoot, file));
    if (text !== null) manifests.set(file, parseManifest(file, text));
  }
  return manifests;
}

/** Another command may remove an issue between Nx's look at the folders and ours. */
function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Without a graph Nx runs no generator: only taking the file away helps. */
function parseManifest(file: string, text: string): Manifest {
  const parsed = manifestSchema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new UserError(
    `"${file}" is not a manifest of this version (${printableLine(parsed.error.issues[0]?.message ?? '')}). Restore it; or remove "${dirname(file)}" and make the issue again, which finds its worktree and branch: nx g worktree`,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
