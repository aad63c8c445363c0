import type { ExecutorContext } from '@nx/devkit';
import { appSettings, readyTimeoutMs, serveIssue } from '@nx-fleet/core';
import { createAdapters, type Adapters } from '../../adapters.js';
import { runStage } from '../run-stage.js';
import type { ServeExecutorSchema } from './schema.js';

/** `agent-serve`: the app in the issue's worktree, on its own port, until it is stopped. */
export async function serveExecutor(
  { onDemand = false }: ServeExecutorSchema,
  context: ExecutorContext,
  adapters?: Adapters,
): Promise<{ success: boolean }> {
  return runStage(context, adapters, async (stage, settings) => {
    const request = { settings: appSettings(settings), readyTimeoutMs: readyTimeoutMs(settings), isOnDemand: onDemand };
    const { app } = adapters ?? createAdapters(context.root, settings);
    await serveIssue(request, app, stage);
    return true;
  });
}
