import { type Settings, UserError } from '@nx-fleet/core';
import { detectPackageManager, getPackageManagerCommand, readJson, readNxJson, type Tree, writeJson } from '@nx/devkit';
import { type NormalizedCiOptions, normalizeOptions } from './normalize-options.js';
import { chooseNode, pipelineValues, type PipelineValues, type WorkspaceCommands } from './pipeline-values.js';
import type { CiGeneratorSchema } from './schema.js';
import { difference, GITLAB_PIPELINE, GITLAB_ROOT, includesOurs, type PipelineFile, writePipelines } from './write-pipelines.js';
import { type Adapters, createAdapters } from '../../adapters.js';
import { log } from '../../report/log.js';
import { reportGenerator } from '../../report/report.js';
import { PLUGIN_NAME, readSettings, SETTINGS_FILE } from '../../settings/read-settings.js';

/** `nx g ci --provider=github`: writes the pipelines, keeps those that differ, and says what is left to do. */
export async function ciGenerator(tree: Tree, options: CiGeneratorSchema, adapters?: Adapters): Promise<void> {
  await reportGenerator(async () => {
    const settings = readSettings(tree.root);
    switchReviewsOn(tree, settings);
    const { git, host } = adapters ?? createAdapters(tree.root, settings);
    const request = normalizeOptions(options, (await git.defaultBranch()) ?? readNxJson(tree)?.defaultBase ?? null);
    const values = pipelineValues(request, settings, workspaceCommands(tree));
    const pipelines = writePipelines(tree, request, values);
    for (const { file, ours } of pipelines.filter(({ outcome }) => outcome === 'kept')) {
      const changes = await difference({ workspaceRoot: tree.root, file, wanted: ours, path: host.env['PATH'] ?? '' }, host.commands);
      log.warn(`${file} is kept. What --overwrite would change in it:\n${changes}`);
    }
    const unpinned = [...new Set(pipelines.flatMap((pipeline) => pipeline.unpinned))];
    if (unpinned.length > 0) log.warn(`Your workflows pin actions by commit. Pin these too: ${unpinned.join(', ')}`);
    showNextSteps(tree, request, { pipelines, values });
  });
}

/** Without reviews of projects there is no target `publish-review`, which the pipeline runs. @throws UserError where somebody has set them to none */
function switchReviewsOn(tree: Tree, { review, names }: Settings): void {
  const options = tree.exists(SETTINGS_FILE) ? readJson<{ review?: { projects?: string[] } }>(tree, SETTINGS_FILE) : {};
  if (review.projects.length > 0 || (options.review?.projects ?? []).length > 0) return;
  const registered = readNxJson(tree)?.plugins?.find((plugin) => typeof plugin !== 'string' && plugin.plugin === PLUGIN_NAME);
  const inNxJson = JSON.stringify(registered ?? {}).includes('"review":');
  if (inNxJson || options.review?.projects !== undefined) {
    throw new UserError(
      `"review.projects" names no project, so that no change is reviewed and "${names.fleetProject}:publish-review" does not exist. Set it in ${inNxJson ? 'nx.json' : SETTINGS_FILE}, to ["*"] for all, then run this again.`,
    );
  }
  writeJson(tree, SETTINGS_FILE, { ...options, review: { ...options.review, projects: ['*'] } });
}

function workspaceCommands(tree: Tree): WorkspaceCommands {
  const packageManager = detectPackageManager(tree.root);
  return {
    packageManager,
    commands: getPackageManagerCommand(packageManager, tree.root),
    node: chooseNode(tree),
  };
}

interface Outcome {
  readonly pipelines: readonly PipelineFile[];
  readonly values: PipelineValues;
}

function showNextSteps(tree: Tree, { provider, label }: NormalizedCiOptions, { pipelines, values }: Outcome): void {
  if (provider === 'gitlab' && !includesOurs(tree)) {
    log.warn(`${GITLAB_ROOT} does not include ours yet. Add to it:\n\ninclude:\n  - local: ${GITLAB_PIPELINE}\n`);
  }
  if (pipelines.every(({ outcome }) => outcome === 'unchanged')) log.info('The pipelines are up to date.');
  const place = provider === 'github' ? 'secrets of the repository' : 'CI/CD variables of the project, masked';
  log.info(
    `What the pipelines log in with (${place}): ${[...values.team.secrets, ...values.team.passed].join(', ') || 'nothing that is known here'}`,
  );
  if (values.team.withheld.length > 0) {
    log.warn(
      `Not passed to agents, although "passEnv" names it: ${values.team.withheld.join(', ')}. The pipeline uses this name itself; choose another.`,
    );
  }
  if (provider === 'github' && values.hasGitHubIssues) log.info(`An issue becomes a pull request once it has the label "${label}".`);
}
