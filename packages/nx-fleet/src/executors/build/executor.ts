import { BUILD, buildIssue, count } from '@nx-fleet/core';
import { stageExecutor, type StageExecutor } from '../run-stage.js';
import type { BuildExecutorSchema } from './schema.js';

/** `agent-build--<writer>`: the writer changes the worktree, we commit. */
export const buildExecutor: StageExecutor<BuildExecutorSchema> = stageExecutor(BUILD, async (stage, { settings }) => {
  const build = await buildIssue(settings, stage);
  stage.onProgress(`built ${build.head.slice(0, 8)}: ${count(build.commits.length, 'commit')}`);
});
