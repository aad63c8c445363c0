import { count, FIX, fixIssue } from '@nx-fleet/core';
import { isReviewOnly } from '../../settings/range-of-run.js';
import { stageExecutor, type StageExecutor } from '../run-stage.js';
import type { FixExecutorSchema } from './schema.js';

/** `agent-fix--<writer>`: a fresh writer fixes what the reviewers found, we commit. */
export const fixExecutor: StageExecutor<FixExecutorSchema> = stageExecutor(FIX, async (stage, { settings }) => {
  const { head, fixed, commits } = await fixIssue(settings, !isReviewOnly(process.env), stage);
  if (fixed > 0) stage.onProgress(`fixed ${count(fixed, 'finding')} in ${head.slice(0, 8)}: ${count(commits.length, 'commit')}`);
});
