import type { ExecutorContext } from '@nx/devkit';
import { count, e2eIssue, E2E } from '@nx-fleet/core';
import { createAdapters, type Adapters } from '../../adapters.js';
import { runStage } from '../run-stage.js';
import type { E2eExecutorSchema } from './schema.js';

/** `agent-e2e--<agent>`: what one agent found in the running app. Succeeds whatever it found; the gate enforces it. */
export async function e2eExecutor(
  { agent }: E2eExecutorSchema,
  context: ExecutorContext,
  adapters?: Adapters,
): Promise<{ success: boolean }> {
  return runStage(context, adapters, async (stage, settings) => {
    const { app } = adapters ?? createAdapters(context.root, settings);
    const { checks } = await e2eIssue(E2E.settings(settings, agent), app, stage);
    stage.onProgress(
      `${agent}: ${checks.filter(({ passed }) => passed).length} of ${count(checks.length, 'check')} passed in the running app`,
    );
    return true;
  });
}
