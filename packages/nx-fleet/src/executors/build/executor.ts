import type { ExecutorContext } from '@nx/devkit';
import { count, buildIssue, BUILD } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';
import { runStage } from '../run-stage.js';
import type { BuildExecutorSchema } from './schema.js';

/** `agent-build--<writer>`: the writer changes the worktree, we commit. */
export async function buildExecutor(
  { agent }: BuildExecutorSchema,
  context: ExecutorContext,
  adapters?: Adapters,
): Promise<{ success: boolean }> {
  return runStage(context, adapters, async (stage, settings) => {
    const build = await buildIssue(BUILD.settings(settings, agent), stage);
    stage.onProgress(`built ${build.head.slice(0, 8)}: ${count(build.commits.length, 'commit')}`);
    return true;
  });
}
