import { CHECKOUT_FIX, checkoutFix } from '@nx-fleet/core';
import { inBatches } from '../batch.js';
import { stageExecutor, type StageExecutor } from '../run-stage.js';
import type { CheckoutFixExecutorSchema } from './schema.js';

/** `agent-fix`: brings the branch to its fix on this machine. */
export const checkoutFixExecutor: StageExecutor<CheckoutFixExecutorSchema> = stageExecutor(CHECKOUT_FIX, (stage, { settings }) =>
  checkoutFix(settings.writer, stage),
);

export const checkoutFixBatch = inBatches(checkoutFixExecutor);
