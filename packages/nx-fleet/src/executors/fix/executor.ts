import type { ExecutorContext } from '@nx/devkit';
import { count, fixIssue, FIX } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';
import { isReviewOnly } from '../../settings/range-of-run.js';
import { runStage } from '../run-stage.js';
import type { FixExecutorSchema } from './schema.js';

/** `agent-fix--<writer>`: a fresh writer fixes what the reviewers found, we commit. */
export async function fixExecutor(
  { agent }: FixExecutorSchema,
  context: ExecutorContext,
  adapters?: Adapters,
): Promise<{ success: boolean }> {
  return runStage(context, adapters, async (stage, settings) => {
    const isAsked = !isReviewOnly(process.env);
    const { head, fixed, commits } = await fixIssue(FIX.settings(settings, agent), isAsked, stage);
    if (fixed > 0) stage.onProgress(`fixed ${count(fixed, 'finding')} in ${head.slice(0, 8)}: ${count(commits.length, 'commit')}`);
    return true;
  });
}
