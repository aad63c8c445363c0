import type { ExecutorContext } from '@nx/devkit';
import { describeChecks, validateIssue, VALIDATE } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';
import { runStage } from '../run-stage.js';
import type { ValidateExecutorSchema } from './schema.js';

/** `agent-validate`: the checks, in the worktree. */
export async function validateExecutor(
  _options: ValidateExecutorSchema,
  context: ExecutorContext,
  adapters?: Adapters,
): Promise<{ success: boolean }> {
  return runStage(context, adapters, async (stage, settings) => {
    const { checks } = await validateIssue(VALIDATE.settings(settings, ''), stage);
    if (checks.length === 0) stage.onProgress(describeChecks(checks));
    return true;
  });
}
