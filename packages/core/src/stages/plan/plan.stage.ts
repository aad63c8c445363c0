import { agentSettings } from '../../stage/stage-settings.js';
import type { AgentStage } from '../../stage/stage.js';
import { PLAN_TARGET } from '../../stage/targets.js';
import { planSchema, requireStoredPlan } from './plan-artifact.js';

/** The planner turns the issue into a plan. */
export const PLAN: AgentStage = {
  name: 'plan',
  target: PLAN_TARGET,
  targets: ({ round, settings }) =>
    round > 1 ? [] : [{ name: PLAN_TARGET, dependsOn: [], description: `${settings.agents.planner} turns the issue into a plan` }],
  settings: ({ agents }) => agentSettings(agents, agents.planner, agents.tiers.plan),
  prompt: 'plan',
  inputs: () => ['spec', 'base'],
  column: { isOfAdopted: false },
  artifact: { file: 'plan.json', schema: planSchema },
  requireStored: requireStoredPlan,
};
