import type { ExecutorContext } from '@nx/devkit';
import { count, planIssue, PLAN, printableLine } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';
import { runStage } from '../run-stage.js';
import type { PlanExecutorSchema } from './schema.js';

/** `agent-plan`: the planner turns the issue into `plan.json`. */
export async function planExecutor(
  _options: PlanExecutorSchema,
  context: ExecutorContext,
  adapters?: Adapters,
): Promise<{ success: boolean }> {
  return runStage(context, adapters, async (stage, settings) => {
    const plan = await planIssue(PLAN.settings(settings, ''), stage);
    stage.onProgress(`plan: ${printableLine(plan.summary, 500)} (${count(plan.steps.length, 'step')})`);
    return true;
  });
}
