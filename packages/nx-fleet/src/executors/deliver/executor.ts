import type { ExecutorContext } from '@nx/devkit';
import { deliverIssue } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';
import { runStage } from '../run-stage.js';
import { nxRun } from './nx-run.js';
import type { DeliverExecutorSchema } from './schema.js';

/** `agent-deliver`: review and fix in turn, each as an Nx run of its own, so that what is in the cache is paid by nobody. */
export async function deliverExecutor(
  _options: DeliverExecutorSchema,
  context: ExecutorContext,
  adapters?: Adapters,
): Promise<{ success: boolean }> {
  return runStage(context, adapters, async (stage, settings) => {
    const runTarget = (target: string): Promise<boolean> => nxRun(target, context.root, stage);
    const { fixes } = await deliverIssue({ rounds: settings.review.rounds }, runTarget, stage);
    stage.onProgress(fixes === 0 ? 'approved without a fix' : `approved after ${fixes} fix(es)`);
    return true;
  });
}
