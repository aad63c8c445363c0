import { resolve } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { minimatch } from 'minimatch';
import { stageLimits, type Settings, type StageContext } from '@nx-fleet/core';
import type { Adapters } from '../adapters.js';
import { readPrompt } from '../prompts.js';
import { log, showDetail } from '../report/log.js';
import { judges } from './change-request.js';
import { meteredAgents } from './stage-money.js';

/** What a stage works with, from what Nx gives an executor. */
export function createStageContext(context: ExecutorContext, settings: Settings, adapters: Adapters): StageContext {
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
