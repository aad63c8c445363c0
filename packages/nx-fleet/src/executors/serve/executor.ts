import { SERVE, serveIssue } from '@nx-fleet/core';
import { stageExecutor, type StageExecutor } from '../run-stage.js';
import type { ServeExecutorSchema } from './schema.js';

/** `agent-serve`: the app in the issue's worktree, on its own port, until it is stopped. */
export const serveExecutor: StageExecutor<ServeExecutorSchema> = stageExecutor(
  SERVE,
  (stage, { settings, options: { onDemand = false }, acting }) => serveIssue({ ...settings, isOnDemand: onDemand }, acting.app, stage),
);
