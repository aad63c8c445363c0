import type { ExecutorContext } from '@nx/devkit';
import { fixIssue, fixSettings } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';
import { runStage } from '../run-stage.js';
import type { FixExecutorSchema } from './schema.js';

/** `agent-fix--<writer>`: a fresh writer mends what the reviewers found, we commit. */
export async function fixExecutor(
  { agent }: FixExecutorSchema,
  context: ExecutorContext,
  adapters?: Adapters,
): Promise<{ success: boolean }> {
  return runStage(context, adapters, async (stage, settings) => {
    const { head, fixed, commits } = await fixIssue(fixSettings(settings, agent), stage);
    stage.onProgress(
      fixed === 0
        ? 'nothing blocks: there is nothing to fix'
        : `fixed ${fixed} finding(s) in ${head.slice(0, 8)}: ${commits.length} commit(s)`,
    );
    return true;
  });
}
