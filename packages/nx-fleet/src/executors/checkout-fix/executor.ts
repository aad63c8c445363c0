import type { ExecutorContext } from '@nx/devkit';
import { checkoutFix } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';
import { inBatches } from '../batch.js';
import { runStage } from '../run-stage.js';
import type { CheckoutFixExecutorSchema } from './schema.js';

/** `agent-fix`: brings the branch to its fix on this machine. */
export async function checkoutFixExecutor(
  _options: CheckoutFixExecutorSchema,
  context: ExecutorContext,
  adapters?: Adapters,
): Promise<{ success: boolean }> {
  return runStage(context, adapters, async (stage, settings) => {
    await checkoutFix(settings.agents.writer, stage);
    return true;
  });
}

export const checkoutFixBatch = inBatches(checkoutFixExecutor);
