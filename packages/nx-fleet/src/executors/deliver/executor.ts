import type { ExecutorContext } from '@nx/devkit';
import { count, deliverIssue } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';
import { log } from '../../report/log.js';
import { verdictLines } from '../../report/verdict-lines.js';
import { isReviewOnly } from '../../settings/range-of-run.js';
import { inBatches } from '../batch.js';
import { runStage } from '../run-stage.js';
import type { DeliverExecutorSchema } from './schema.js';

/** `agent-deliver`: judges what the rounds of fixes before it have left; what is approved is what others start from. */
export async function deliverExecutor(
  _options: DeliverExecutorSchema,
  context: ExecutorContext,
  adapters?: Adapters,
): Promise<{ success: boolean }> {
  return runStage(context, adapters, async (stage, { agents, review, validate }) => {
    const e2e = validate.agent === undefined ? {} : { e2e: validate.agent };
    const settings = { ...agents, ...review, ...e2e };
    const { fixes, verdict } = await deliverIssue(settings, !isReviewOnly(process.env), stage);
    for (const line of verdictLines(verdict)) log.info(line);
    if (fixes > 0) stage.onProgress(`approved after ${count(fixes, 'fix')}`);
    return true;
  });
}

export const deliverBatch = inBatches(deliverExecutor);
