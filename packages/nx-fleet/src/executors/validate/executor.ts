import { describeChecks, VALIDATE, validateIssue } from '@nx-fleet/core';
import { stageExecutor, type StageExecutor } from '../run-stage.js';
import type { ValidateExecutorSchema } from './schema.js';

/** `agent-validate`: the checks, in the worktree. */
export const validateExecutor: StageExecutor<ValidateExecutorSchema> = stageExecutor(VALIDATE, async (stage, { settings }) => {
  const { checks } = await validateIssue(settings, stage);
  if (checks.length === 0) stage.onProgress(describeChecks(checks));
});
