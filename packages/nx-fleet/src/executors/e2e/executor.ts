import { count, E2E, e2eIssue } from '@nx-fleet/core';
import { stageExecutor, type StageExecutor } from '../run-stage.js';
import type { E2eExecutorSchema } from './schema.js';

/** `agent-e2e--<agent>`: what one agent found in the running app. Succeeds whatever it found; the gate enforces it. */
export const e2eExecutor: StageExecutor<E2eExecutorSchema> = stageExecutor(E2E, async (stage, { settings, acting }) => {
  const { agent, checks } = await e2eIssue(settings, acting.app, stage);
  const passed = checks.filter((check) => check.passed);
  stage.onProgress(`${agent}: ${passed.length} of ${count(checks.length, 'check')} passed in the running app`);
});
