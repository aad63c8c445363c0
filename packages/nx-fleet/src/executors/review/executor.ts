import type { ExecutorContext } from '@nx/devkit';
import { reviewIssue, reviewSettings } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';
import { runStage } from '../run-stage.js';
import type { ReviewExecutorSchema } from './schema.js';

/** `agent-review--<reviewer>`: one reviewer's verdict. Succeeds whatever it says; the gate enforces it. */
export async function reviewExecutor(
  { agent }: ReviewExecutorSchema,
  context: ExecutorContext,
  adapters?: Adapters,
): Promise<{ success: boolean }> {
  return runStage(context, adapters, async (stage, settings) => {
    const review = await reviewIssue(reviewSettings(settings, agent), stage);
    const dropped = review.ungrounded.length === 0 ? '' : `, ${review.ungrounded.length} dropped`;
    stage.onProgress(`${agent}: ${review.verdict}, ${review.findings.length} finding(s)${dropped}`);
    return true;
  });
}
