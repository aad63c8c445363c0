import type { ExecutorContext } from '@nx/devkit';
import { checkoutBuild } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';
import { inBatches } from '../batch.js';
import { runStage } from '../run-stage.js';
import type { CheckoutExecutorSchema } from './schema.js';

/** `agent-build`: brings the branch to its build on this machine. */
export async function checkoutExecutor(
  _options: CheckoutExecutorSchema,
  context: ExecutorContext,
  adapters?: Adapters,
): Promise<{ success: boolean }> {
  return runStage(context, adapters, async (stage, settings) => {
    await checkoutBuild(settings.agents.writer, stage);
    return true;
  });
}

export const checkoutBatch = inBatches(checkoutExecutor);
