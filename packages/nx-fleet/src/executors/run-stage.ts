import {
  type BudgetsSettings,
  isFinished,
  parseTarget,
  projectBudgets,
  readChange,
  requireProjectResult,
  type Settings,
  type Stage,
  type StageContext,
  stageLimits,
} from '@nx-fleet/core';
import { watchOrphaned } from '@nx-fleet/host';
import type { ExecutorContext, TargetConfiguration } from '@nx/devkit';
import { minimatch } from 'minimatch';
import { resolve } from 'node:path';
import { judges } from './change-request.js';
import { recipeOf, requireHashedOptions } from './recipe.js';
import { meteredAgents, noteEarlierHits, requireStageBudget } from './stage-money.js';
import { type Adapters, createAdapters } from '../adapters.js';
import { issueTargets } from '../graph/issue-targets.js';
import { projectTargets } from '../graph/project-targets.js';
import { requireMainWorktree, requireRepositoryRoot } from '../main-worktree.js';
import { readPrompt } from '../prompts.js';
import { log, showDetail } from '../report/log.js';
import { reportTask } from '../report/report.js';
import { requireFilesOfRun } from '../settings/files-of-run.js';
import { isAffectedRun } from '../settings/range-of-run.js';
import { readSettings } from '../settings/read-settings.js';
import { areSettingsOfRun } from '../settings/settings-of-run.js';

/** @returns whether the task succeeds */
export type StageWork = (stage: StageContext, settings: Settings, acting: Adapters) => Promise<boolean>;

/** What a stage is of: an issue, or a project of the repository. */
interface StageKind {
  /** @throws UserError where such a stage cannot run */
  readonly requirePlace: (workspaceRoot: string, adapters: Adapters) => Promise<void>;
  /** The target as the current options make it. */
  readonly findTarget: (stage: StageContext, settings: Settings) => Promise<TargetConfiguration | undefined>;
  /** @throws UserError on a stored result that the next stage would refuse */
  readonly requireResult: (stage: StageContext, settings: Settings) => Promise<unknown>;
  /** Those that hold for it. */
  readonly budgets: (budgets: BudgetsSettings) => BudgetsSettings;
  /** Whether an agent may be asked, so that a budget is needed before its folder is emptied. */
  readonly asksAgents: (stage: StageContext, settings: Settings) => Promise<boolean>;
  /** What a cached target is made of now. */
  readonly recipe: (target: TargetConfiguration, stage: StageContext, settings: Settings) => Promise<string | null>;
}

function ofIssue(definition: Stage): StageKind {
  return {
    requirePlace: requireMainWorktree,
    findTarget: async ({ host, project, target }, settings) => {
      const manifest = await host.state.readManifest(project);
      return manifest === null ? undefined : issueTargets(manifest, settings, [])[target];
    },
    requireResult: async (stage) => definition.inputs !== null && definition.requireStored(stage),
    budgets: (budgets) => budgets,
    asksAgents: async () => definition.prompt !== null && definition.mayAskNone !== true,
    recipe: async (target, stage, settings) => {
      const agent = definition.prompt === null ? null : definition.settings(settings, parseTarget(stage.target).agent).agent;
      return recipeOf({ root: (await stage.git.locate()).mainWorktree, target, stage, agent });
    },
  };
}

/** In any worktree: what is reviewed is what is checked out there. Only their inputs differ between projects. */
const OF_PROJECT: StageKind = {
  requirePlace: requireRepositoryRoot,
  findTarget: async ({ target }, settings) => projectTargets({ root: '.', affectedBy: '' }, settings)[target],
  requireResult: (stage, { names }) => requireProjectResult(names, stage),
  budgets: projectBudgets,
  asksAgents: async ({ project, host }, { names }) => (await readChange(project, { ...names, artifacts: host.artifacts })) !== null,
  recipe: async () => null,
};

export type StageExecutor<Options> = (options: Options, context: ExecutorContext, adapters?: Adapters) => Promise<{ success: boolean }>;

/** What a stage has of the options, of its target, and of the world. */
export interface StageRun<Options, Own> {
  readonly settings: Own;
  readonly options: Options;
  readonly acting: Adapters;
}

/** The executor of a stage that succeeds unless it throws. */
export function stageExecutor<Options extends object, Own extends object>(
  definition: Stage & { readonly settings: (all: Settings, agent: string) => Own },
  work: (stage: StageContext, run: StageRun<Options, Own>) => Promise<unknown>,
): StageExecutor<Options> {
  const { settings: own }: { readonly settings: (all: Settings, agent: string) => Own } = definition;
  return (options, context, adapters) =>
    runStage(definition, { context, adapters }, async (stage, all, acting) => {
      const agent = 'agent' in options && typeof options.agent === 'string' ? options.agent : '';
      await work(stage, { settings: own(all, agent), options, acting });
      return true;
    });
}

interface NxTask {
  readonly context: ExecutorContext;
  readonly adapters: Adapters | undefined;
}

/** Runs one stage of an issue as an Nx task, for as long as that Nx lives. */
export async function runStage(definition: Stage, task: NxTask, work: StageWork): Promise<{ success: boolean }> {
  // An app that is started on demand is not asked for then, and has to stay for as long as the command.
  if (isAffectedRun(process.env) && definition.isContinuous !== true) {
    const { projectName = '', targetName = '' } = task.context;
    log.info(`Skipped: "nx affected" runs on the checked-out change, not on issues. To run it: nx run ${projectName}:${targetName}`);
    return { success: true };
  }
  return runUnderNx({ ...task, kind: ofIssue(definition) }, work);
}

/** Runs one stage of a project of the repository. */
export async function runProjectStage(task: NxTask, work: StageWork): Promise<{ success: boolean }> {
  return runUnderNx({ ...task, kind: OF_PROJECT }, work);
}

interface StageTask extends NxTask {
  readonly kind: StageKind;
}

async function runUnderNx(task: StageTask, work: StageWork): Promise<{ success: boolean }> {
  const { signal, stop } = watchOrphaned(process.env);
  try {
    return await reportTask(() => runWatched(task, signal, work));
  } finally {
    stop();
  }
}

async function runWatched({ context, adapters, kind }: StageTask, signal: AbortSignal, work: StageWork): Promise<boolean> {
  const given = readSettings(context.root);
  const settings = { ...given, budgets: kind.budgets(given.budgets) };
  const acting = adapters ?? createAdapters(context.root, settings);
  await kind.requirePlace(context.root, acting);
  const stage = { ...createStageContext(context, settings, acting), signal };
  const target = await kind.findTarget(stage, settings);
  if (target !== undefined) requireHashedOptions(context, target, areSettingsOfRun(given, process.env));
  await noteEarlierHits(context, stage);
  if (target?.cache !== true) return work(stage, settings, acting);
  // Two runs at the same time: the second one finds what the first has paid for.
  return stage.host.exclusively(`${stage.project}.${stage.target}`, {
    onWait: () => stage.onProgress('waiting for another run of this target'),
    act: () => runOnce({ target, stage, settings, kind, acting }, work),
    signal,
  });
}

interface RunOnce {
  readonly target: TargetConfiguration;
  readonly stage: StageContext;
  readonly settings: Settings;
  readonly kind: StageKind;
  readonly acting: Adapters;
}

async function runOnce({ target, stage: found, settings, kind, acting }: RunOnce, work: StageWork): Promise<boolean> {
  requireFilesOfRun({ root: (await found.git.locate()).mainWorktree, project: found.project, target }, process.env);
  const stage = { ...found, recipe: await kind.recipe(target, found, settings) };
  if (await isFinished(stage, () => kind.requireResult(stage, settings))) {
    // Most later rounds of fixes have nothing to do.
    if (parseTarget(stage.target).round === 1) stage.onProgress('same inputs as before: result reused');
    return true;
  }
  if (await kind.asksAgents(stage, settings)) await requireStageBudget(stage, settings);
  return work(stage, settings, acting);
}

/** What a stage works with, from what Nx gives an executor. */
function createStageContext(context: ExecutorContext, settings: Settings, adapters: Adapters): StageContext {
  const { projectName, targetName, root } = context;
  if (projectName === undefined || targetName === undefined) throw new Error('Nx gave the executor no project and target');
  // In a batch there is no variable of the task.
  const hash = context.taskGraph?.tasks[`${projectName}:${targetName}`]?.hash;
  const stage = { project: projectName, target: targetName, key: hash ?? process.env['NX_TASK_HASH'] ?? null, recipe: null };
  const onProgress = (line: string): void => log.info(line);
  return {
    ...stage,
    limits: stageLimits(settings),
    git: adapters.git,
    host: adapters.host,
    database: adapters.database,
    provisioning: settings,
    agent: meteredAgents(stage, adapters, { budgets: settings.budgets, onProgress }),
    prompt: (name, workspace = root) => readPrompt(name, settings.prompts === undefined ? undefined : resolve(workspace, settings.prompts)),
    isJudge: judges(settings.prompts, settings.agents),
    matchesGlob,
    onProgress,
    onDetail: showDetail,
  };
}

/** Whether a glob means a path from the root; one without a slash means the name in every folder. */
export function matchesGlob(path: string, pattern: string): boolean {
  return minimatch(path, pattern, { dot: true, matchBase: true, nonegate: true, nocomment: true });
}
