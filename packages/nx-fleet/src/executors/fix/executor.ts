import type { ExecutorContext } from '@nx/devkit';
import { fixIssue, fixSettings } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';
import { isReviewOnly } from '../../settings/range-of-run.js';
import { runStage } from '../run-stage.js';
import type { FixExecutorSchema } from './schema.js';

/** `agent-fix--<writer>`: a fresh writer mends what the reviewers found, we commit. */
export async function fixExecutor(
  { agent }: FixExecutorSchema,
  context: ExecutorContext,
  adapters?: Adapters,
): Promise<{ success: boolean }> {
  return runStage(context, adapters, async (stage, settings) => {
    const isAsked = !isReviewOnly(process.env);
    const { head, fixed, commits } = await fixIssue(fixSettings(settings, agent), isAsked, stage);
    const nothing = isAsked ? 'nothing blocks: there is nothing to fix' : 'this command asks for no fix';
    const [findings, made] = [
      fixed === 1 ? '1 finding' : `${fixed} findings`,
      commits.length === 1 ? '1 commit' : `${commits.length} commits`,
    ];
    stage.onProgress(fixed === 0 ? nothing : `fixed ${findings} in ${head.slice(0, 8)}: ${made}`);
    return true;
  });
}
