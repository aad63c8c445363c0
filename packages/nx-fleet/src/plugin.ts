import { type Manifest, manifestSchema, parseJson } from '@nx-fleet/core';
import type {
  CreateNodesContextV2,
  CreateNodesResult,
  CreateNodesV2,
  PostTasksExecution,
  PreTasksExecution,
  ProjectConfiguration,
} from '@nx/devkit';
import { basename, dirname, join } from 'node:path';
import { FLEET_ROOT, fleetTargets } from './graph/fleet-targets.js';
import { ISSUE_TAG, issueTargets } from './graph/issue-targets.js';
import { projectTargets, reviewInputs, type ReviewInputs } from './graph/project-targets.js';
import { reviewedRoots } from './graph/reviewed-projects.js';
import { failingTargets } from './graph/stage-target.js';
import { rememberFiles } from './settings/files-of-run.js';
import { rememberRange } from './settings/range-of-run.js';
import { type GraphSettings, readText, settingsFromOptions, unlessFaulty } from './settings/read-settings.js';
import { noteTasks, rememberRun, rememberSettings } from './settings/settings-of-run.js';

// Files that make no project are in the glob so that Nx's daemon looks again when they change.
const CONFIG_FILES =
  '{nx.json,nx-fleet.json,pnpm-workspace.yaml,.nx-fleet/issues/*/issue.json,project.json,**/project.json,package.json,**/package.json}';

/** Runs before Nx makes any key; what it sets is in the environment of all tasks of the command. */
export const preTasksExecution: PreTasksExecution = (options, { workspaceRoot, argv }) => {
  const given = settingsFromOptions(workspaceRoot, options);
  rememberSettings(given, process.env);
  rememberFiles(workspaceRoot, given.settings, process.env);
  rememberRange(argv, process.env);
  rememberRun(process.env);
};

/** In the Nx of a check: notes how many tasks it has run, which its exit code does not tell. */
export const postTasksExecution: PostTasksExecution = (_, { taskResults }) => {
  noteTasks(Object.keys(taskResults).length, process.env);
};

/** Infers one project per issue, the project that carries what concerns all of them, and the review of the repository's own projects. */
export const createNodesV2: CreateNodesV2 = [
  CONFIG_FILES,
  async (files, options, context) => {
    const { settings, isFaulty } = settingsFromOptions(context.workspaceRoot, options);
    const manifests = readManifests(files, context);
    const known = new Set([...manifests.keys()].map(projectOf));
    const reviewed = await reviewedRoots(files, isFaulty ? [] : settings.review.projects, context.workspaceRoot);
    const fleet = { manifests, known, reviewed, settings, isFaulty, inputs: reviewInputs(settings) };
    // Not by `createNodesFromFiles`: each command without the daemon would wait for Nx's devkit to load.
    return files.map((file) => [file, projectsOf(file, fleet)] as const);
  },
];

export const createNodes = createNodesV2;

interface Fleet extends GraphSettings {
  /** By file; null for what is not a manifest. */
  readonly manifests: ReadonlyMap<string, Manifest | null>;
  /** Projects that have a manifest, or what should be one. */
  readonly known: ReadonlySet<string>;
  /** Roots of the repository's own projects whose changes are reviewed. */
  readonly reviewed: ReadonlySet<string>;
  readonly inputs: ReviewInputs;
}

function projectsOf(file: string, fleet: Fleet): CreateNodesResult {
  const { manifests, reviewed, settings, inputs } = fleet;
  if (file === 'nx.json') return { projects: { [FLEET_ROOT]: fleetProject(fleet) } };
  const root = dirname(file);
  if (reviewed.has(root))
    return { projects: { [root]: { targets: projectTargets({ root, affectedBy: '{projectRoot}/**/*' }, settings, inputs) } } };
  const manifest = manifests.get(file);
  if (manifest === undefined) return {};
  return { projects: { [root]: manifest === null ? brokenIssue(projectOf(file), fleet) : issueProject(manifest, fleet) } };
}

function fleetProject({ settings, isFaulty }: Fleet): ProjectConfiguration {
  const targets = fleetTargets(settings);
  return {
    name: settings.names.fleetProject,
    root: FLEET_ROOT,
    tags: ['nx-fleet:fleet'],
    targets: isFaulty ? failingTargets(targets) : targets,
  };
}

function issueProject(manifest: Manifest, { known, settings, isFaulty }: Fleet): Omit<ProjectConfiguration, 'root'> {
  // Nx only warns of a project in dependsOn that does not exist, and runs: a missing blocker is refused by the build itself.
  const blockers = manifest.blockedBy.filter((blocker) => known.has(blocker) && blocker !== manifest.project);
  const targets = issueTargets(manifest, settings, blockers);
  return {
    name: manifest.project,
    projectType: 'application',
    tags: [ISSUE_TAG],
    implicitDependencies: blockers,
    targets: isFaulty ? failingTargets(targets) : targets,
    metadata: { description: manifest.title, technologies: ['nx-fleet'] },
  };
}

/** Each of its targets reports what is wrong with the manifest. */
function brokenIssue(project: string, fleet: Fleet): Omit<ProjectConfiguration, 'root'> {
  const tracker = { type: '', reference: '', url: null };
  const manifest: Manifest = {
    version: 1,
    project,
    title: 'Its issue.json is not valid',
    branch: '-',
    base: '',
    round: 1,
    blockedBy: [],
    tracker,
  };
  return issueProject(manifest, { ...fleet, isFaulty: true });
}

/** An issue's project has the name of its folder, so that no two manifests name one project. */
function projectOf(file: string): string {
  return basename(dirname(file));
}

function readManifests(files: readonly string[], { workspaceRoot }: CreateNodesContextV2): ReadonlyMap<string, Manifest | null> {
  const manifests = new Map<string, Manifest | null>();
  for (const file of files) {
    if (!file.endsWith('/issue.json') || !manifestSchema.shape.project.safeParse(projectOf(file)).success) continue;
    const text = unlessFaulty(() => readText(join(workspaceRoot, file)) ?? null);
    // Another command may remove an issue between Nx's look at the folders and ours.
    if (text === null) continue;
    const { data } = manifestSchema.safeParse(text === undefined ? undefined : parseJson(text));
    manifests.set(file, data?.project === projectOf(file) ? data : null);
  }
  return manifests;
}
