import { CHECKOUT, checkoutBuild } from '@nx-fleet/core';
import { inBatches } from '../batch.js';
import { stageExecutor, type StageExecutor } from '../run-stage.js';
import type { CheckoutExecutorSchema } from './schema.js';

/** `agent-build`: brings the branch to its build on this machine. */
export const checkoutExecutor: StageExecutor<CheckoutExecutorSchema> = stageExecutor(CHECKOUT, (stage, { settings }) =>
  checkoutBuild(settings.writer, stage),
);

export const checkoutBatch = inBatches(checkoutExecutor);
