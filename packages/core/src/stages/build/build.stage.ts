import { agentSettings, type AgentStageSettings } from '../../stage/stage-settings.js';
import { targetPerAgent, type AgentStage } from '../../stage/stage.js';
import { BUILD_TARGET, PLAN_TARGET } from '../../stage/targets.js';
import type { CommandLine, Settings } from '../../settings/settings.js';
import { buildSchema, requireStoredBuild } from './build-artifact.js';

/** What a writer is asked with, and what its work is checked with. */
export interface BuildStageSettings extends AgentStageSettings {
  readonly attempts: number;
  readonly checks: readonly CommandLine[];
  readonly passEnv: readonly string[];
}

export function writerSettings({ agents, build, checks, worktrees }: Settings, writer: string): BuildStageSettings {
  return { ...agentSettings(agents, writer, agents.tiers.build), attempts: build.attempts, checks, passEnv: worktrees.passEnv };
}

const agents = (settings: Settings): readonly string[] => [settings.agents.writer];

/** The writer makes the change. */
export const BUILD: AgentStage<BuildStageSettings> = {
  name: 'build',
  target: BUILD_TARGET,
  agents,
  targets: (at) =>
    at.round > 1
      ? []
      : targetPerAgent({ target: BUILD_TARGET, agents }, at, (agent) => ({
          dependsOn: [PLAN_TARGET],
          description: `${agent} makes the change in the issue's worktree`,
        })),
  settings: writerSettings,
  prompt: 'build',
  inputs: () => ['spec', 'base', { artifact: 'plan.json' }, 'blockers'],
  column: { isOfAdopted: false },
  artifact: { file: 'build.json', schema: buildSchema },
  requireStored: requireStoredBuild,
};
