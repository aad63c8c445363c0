import type { ExecutorContext } from '@nx/devkit';
import { isFinished, VALIDATE_TARGET, type Settings, type StageContext } from '@nx-fleet/core';
import { watchOrphaned } from '@nx-fleet/host';
import { createAdapters, type Adapters } from '../adapters.js';
import { issueTargets } from '../graph/issue-targets.js';
import { reportTask } from '../report/report.js';
import { readSettings } from '../settings/read-settings.js';
import { areSettingsOfRun } from '../settings/settings-of-run.js';
import { requireHashedOptions } from './require-hashed-options.js';
import { createStageContext } from './stage-context.js';
import { noteEarlierHits, requireStageBudget } from './stage-money.js';

type StageWork = (stage: StageContext, settings: Settings) => Promise<boolean>;

/** Runs one stage of an issue as an Nx task, for as long as that Nx lives. @param work says whether the task succeeds */
export async function runStage(context: ExecutorContext, adapters: Adapters | undefined, work: StageWork): Promise<{ success: boolean }> {
  const { signal, stop } = watchOrphaned(process.env);
  try {
    return await runWatched({ context, adapters, signal }, work);
  } finally {
    stop();
  }
}

interface WatchedTask {
  readonly context: ExecutorContext;
  readonly adapters: Adapters | undefined;
  readonly signal: AbortSignal;
}

async function runWatched({ context, adapters, signal }: WatchedTask, work: StageWork): Promise<{ success: boolean }> {
  return reportTask(async () => {
    const settings = readSettings(context.root);
    const stage = { ...(await createStageContext(context, settings, adapters ?? createAdapters(context.root, settings))), signal };
    const manifest = await stage.host.state.readManifest(stage.project);
    const target = manifest === null ? undefined : issueTargets(manifest, settings, [])[stage.target];
    if (target !== undefined) requireHashedOptions(context, target, areSettingsOfRun(settings, process.env));
    await noteEarlierHits(context, stage);
    if (target?.cache !== true) return work(stage, settings);
    // Two runs at the same time: the second one finds what the first has paid for.
    return stage.host.exclusively(`${stage.project}.${stage.target}`, {
      onWait: () => stage.onProgress('another run is at work on this very target: waiting for it'),
      act: () => runOnce(stage, settings, work),
      signal,
    });
  });
}

async function runOnce(stage: StageContext, settings: Settings, work: StageWork): Promise<boolean> {
  if (await isFinished(stage)) {
    stage.onProgress('this was done under the very same key: its artefacts stay as they are');
    return true;
  }
  if (stage.target !== VALIDATE_TARGET) await requireStageBudget(stage, settings);
  return work(stage, settings);
}
