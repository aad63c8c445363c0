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
import { type Manifest, manifestSchema, parseJson, printableLine, type Settings, UserError } from '@nx-fleet/core';
import { FLEET_ROOT, fleetTargets } from './graph/fleet-targets.js';
import { ISSUE_TAG, issueTargets } from './graph/issue-targets.js';
import { projectTargets, reviewInputs, type ReviewInputs } from './graph/project-targets.js';
import { reviewedRoots } from './graph/reviewed-projects.js';
import { settingsFromOptions } from './settings/read-settings.js';
import { rememberRange } from './settings/range-of-run.js';
import { rememberRun } from './settings/run-name.js';
import { rememberSettings } from './settings/settings-of-run.js';

// Files that make no project are in the glob so that Nx's daemon looks again when they change.
const CONFIG_FILES =
  '{nx.json,nx-fleet.json,pnpm-workspace.yaml,.nx-fleet/issues/*/issue.json,project.json,**/project.json,package.json,**/package.json}';

/** Runs before Nx makes any key; what it sets is in the environment of all tasks of the command. */
export const preTasksExecution: PreTasksExecution = (options, { workspaceRoot, argv }) => {
  rememberSettings(settingsFromOptions(workspaceRoot, options), process.env);
  rememberRange(argv, process.env);
  rememberRun(process.env);
};

/** Infers one project per issue, the project that carries what concerns all of them, and the review of the repository's own projects. */
export const createNodesV2: CreateNodesV2 = [
  CONFIG_FILES,
  (files, options, context) => {
    const settings = settingsFromOptions(context.workspaceRoot, options);
    const manifests = readManifests(files, context);
    const known = new Set([...manifests.values()].map(({ project }) => project));
    const reviewed = reviewedRoots(files, settings.review.projects, context.workspaceRoot);
    const fleet = { manifests, known, reviewed, settings, inputs: reviewInputs(settings) };
    return createNodesFromFiles((file) => projectsOf(file, fleet), files, options, context);
  },
];

export const createNodes = createNodesV2;

interface Fleet {
  readonly manifests: ReadonlyMap<string, Manifest>;
  /** Projects that have a manifest. */
  readonly known: ReadonlySet<string>;
  /** Roots of the repository's own projects whose changes are reviewed. */
  readonly reviewed: ReadonlySet<string>;
  readonly settings: Settings;
  readonly inputs: ReviewInputs;
}

function projectsOf(file: string, { manifests, known, reviewed, settings, inputs }: Fleet): CreateNodesResult {
  if (file === 'nx.json') return { projects: { [FLEET_ROOT]: fleetProject(settings) } };
  const root = dirname(file);
  if (reviewed.has(root))
    return { projects: { [root]: { targets: projectTargets({ root, affectedBy: '{projectRoot}/**/*' }, settings, inputs) } } };
  const manifest = manifests.get(file);
  return manifest === undefined ? {} : { projects: { [root]: issueProject(manifest, known, settings) } };
}

function fleetProject(settings: Settings): ProjectConfiguration {
  return { name: settings.names.fleetProject, root: FLEET_ROOT, tags: ['nx-fleet:fleet'], targets: fleetTargets(settings) };
}

function issueProject(manifest: Manifest, known: ReadonlySet<string>, settings: Settings): Omit<ProjectConfiguration, 'root'> {
  // Nx only warns of a project in dependsOn that does not exist, and runs: a missing blocker is refused by the build itself.
  const blockers = manifest.blockedBy.filter((blocker) => known.has(blocker));
  return {
    name: manifest.project,
    projectType: 'application',
    tags: [ISSUE_TAG],
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
  const parsed = manifestSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new UserError(
    `"${file}" is not a manifest of this version (${printableLine(parsed.error.issues[0]?.message ?? '')}). Restore it; or remove "${dirname(file)}" and make the issue again, which finds its worktree and branch: nx g worktree`,
  );
}
