import type { ExecutorContext } from '@nx/devkit';
import { GATE, gateProject, gateReview } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';
import { log } from '../../report/log.js';
import { verdictLines } from '../../report/verdict-lines.js';
import { inBatches } from '../batch.js';
import { changeRequest } from '../change-request.js';
import { runProjectStage, runStage, type StageWork } from '../run-stage.js';
import type { GateExecutorSchema } from './schema.js';

/** `agent-review`: merges the reviews into one verdict, shows it, and fails on blocking findings. */
export async function gateExecutor(
  { subject = 'issue' }: GateExecutorSchema,
  context: ExecutorContext,
  adapters?: Adapters,
): Promise<{ success: boolean }> {
  const task = { context, adapters };
  const work: StageWork = async (stage, settings) => {
    const verdict = await (subject === 'issue'
      ? gateReview(GATE.settings(settings, ''), stage)
      : gateProject({ reviewers: settings.agents.reviewers, blockOn: settings.review.blockOn }, changeRequest(context, settings), stage));
    if (verdict === null) {
      log.info('Nothing to review: the change does not touch this project.');
      return true;
    }
    for (const line of verdictLines(verdict)) log.info(line);
    if (verdict.findings.length > 0) log.info(`Details: .nx-fleet/out/${stage.project}/${stage.target}/review.md`);
    return verdict.verdict === 'approve';
  };
  return subject === 'issue' ? runStage(GATE, task, work) : runProjectStage(task, work);
}

export const gateBatch = inBatches(gateExecutor);
