import { e2eSchema, requireStoredE2e } from './e2e-review.js';
import type { Settings } from '../../settings/settings.js';
import { agentSettings, type AgentStageSettings } from '../../stage/stage-settings.js';
import { type AgentStage, targetPerAgent } from '../../stage/stage.js';
import { E2E_TARGET, e2eServeTarget, roundTarget, VALIDATE_TARGET } from '../../stage/targets.js';
import { appSettings, type AppSettings } from '../serve/app-settings.js';

export interface E2eStageSettings extends AgentStageSettings {
  readonly app: AppSettings;
}

const agents = ({ validate }: Settings): readonly string[] => (validate.agent === undefined ? [] : [validate.agent]);

/** An agent tries the running app; it works at the tier of a review. */
export const E2E = {
  name: 'e2e',
  target: E2E_TARGET,
  agents,
  targets: (at) =>
    at.settings.serve === undefined
      ? []
      : targetPerAgent({ target: E2E_TARGET, agents }, at, (agent) => ({
          dependsOn: [roundTarget(VALIDATE_TARGET, at.round), e2eServeTarget(at.round)],
          description: `${agent} tries the running app, read-only and without the writer's context`,
        })),
  settings: (all: Settings, agent: string): E2eStageSettings => ({
    ...agentSettings(all.agents, agent, all.agents.tiers.review),
    app: appSettings(all),
  }),
  prompt: 'e2e',
  // As a review's, and what the app is started with. Its ports are in no key: they differ between machines.
  inputs: () => ['spec', 'again', { artifact: 'validation.json' }, 'node'],
  artifact: { file: 'e2e.json', schema: e2eSchema },
  requireStored: requireStoredE2e,
} satisfies AgentStage;
