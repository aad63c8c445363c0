import { logger, type ExecutorContext } from '@nx/devkit';
import { gateReview } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';
import { verdictLines } from '../../report/verdict-lines.js';
import { runStage } from '../run-stage.js';
import type { GateExecutorSchema } from './schema.js';

/** `agent-review`: merges the reviews and fails on blocking findings. */
export async function gateExecutor(
  _options: GateExecutorSchema,
  context: ExecutorContext,
  adapters?: Adapters,
): Promise<{ success: boolean }> {
  return runStage(context, adapters, async (stage, settings) => {
    const { agents, review, validate } = settings;
    const e2e = validate.agent === undefined ? {} : { e2e: validate.agent };
    const verdict = await gateReview({ reviewers: agents.reviewers, blockOn: review.blockOn, ...e2e }, stage);
    for (const line of verdictLines(verdict)) logger.info(line);
    logger.info(`\nAll of it: .nx-fleet/out/${stage.project}/${stage.target}/review.md`);
    return verdict.verdict === 'approve';
  });
}
