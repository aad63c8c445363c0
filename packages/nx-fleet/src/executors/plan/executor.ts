import { count, PLAN, planIssue, printableLine } from '@nx-fleet/core';
import { stageExecutor, type StageExecutor } from '../run-stage.js';
import type { PlanExecutorSchema } from './schema.js';

/** `agent-plan`: the planner turns the issue into `plan.json`. */
export const planExecutor: StageExecutor<PlanExecutorSchema> = stageExecutor(PLAN, async (stage, { settings }) => {
  const plan = await planIssue(settings, stage);
  stage.onProgress(`plan: ${printableLine(plan.summary, 500)} (${count(plan.steps.length, 'step')})`);
});
