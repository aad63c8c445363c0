import type { ExecutorContext } from '@nx/devkit';
import { count, reviewIssue, reviewProject, REVIEW } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';
import { changeRequest } from '../change-request.js';
import { runProjectStage, runStage, type StageWork } from '../run-stage.js';
import type { ReviewExecutorSchema } from './schema.js';

/** `agent-review--<reviewer>`: one reviewer's verdict. Succeeds whatever it says; the gate enforces it. */
export async function reviewExecutor(
  { agent, subject = 'issue' }: ReviewExecutorSchema,
  context: ExecutorContext,
  adapters?: Adapters,
): Promise<{ success: boolean }> {
  const task = { context, adapters };
  const work: StageWork = async (stage, settings) => {
    const asked = REVIEW.settings(settings, agent);
    const review = await (subject === 'issue' ? reviewIssue(asked, stage) : reviewProject(asked, changeRequest(context, settings), stage));
    const dropped = review === null || review.ungrounded.length === 0 ? '' : `, ${review.ungrounded.length} dropped`;
    stage.onProgress(
      review === null ? 'nothing to review' : `${agent}: ${review.verdict}, ${count(review.findings.length, 'finding')}${dropped}`,
    );
    return true;
  };
  return subject === 'issue' ? runStage(REVIEW, task, work) : runProjectStage(task, work);
}
