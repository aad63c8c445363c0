import { count, DELIVER, deliverIssue } from '@nx-fleet/core';
import { log } from '../../report/log.js';
import { verdictLines } from '../../report/verdict-lines.js';
import { isReviewOnly } from '../../settings/range-of-run.js';
import { inBatches } from '../batch.js';
import { stageExecutor, type StageExecutor } from '../run-stage.js';
import type { DeliverExecutorSchema } from './schema.js';

/** `agent-deliver`: judges what the rounds of fixes before it have left; what is approved is what others start from. */
export const deliverExecutor: StageExecutor<DeliverExecutorSchema> = stageExecutor(DELIVER, async (stage, { settings }) => {
  const { fixes, verdict } = await deliverIssue(settings, !isReviewOnly(process.env), stage);
  for (const line of verdictLines(verdict)) log.info(line);
  if (fixes > 0) stage.onProgress(`approved after ${count(fixes, 'fix')}`);
});

export const deliverBatch = inBatches(deliverExecutor);
