import type { Settings } from '../../settings/settings.js';
import { targetPerAgent, type AgentStage, type IssueRound } from '../../stage/stage.js';
import { checkoutTarget, FIX_TARGET } from '../../stage/targets.js';
import { writerSettings, type BuildStageSettings } from '../build/build.stage.js';
import { fixSchema, requireStoredFix } from './fix-artifact.js';
import type { GateSettings } from '../gate/gate-change.js';
import { gateSettings, judgedBy } from '../gate/gate.stage.js';

export type FixStageSettings = BuildStageSettings & GateSettings;

const agents = (settings: Settings): readonly string[] => [settings.agents.writer];

/** Whether what a round is about is fixed where something blocks: after the last one it is not. */
export function isFixed({ round, settings }: IssueRound): boolean {
  return round === 1 || round <= settings.review.rounds;
}

/** A fresh writer fixes what the reviewers found. */
export const FIX: AgentStage<FixStageSettings> = {
  name: 'fix',
  target: FIX_TARGET,
  agents,
  targets: (at) =>
    isFixed(at)
      ? targetPerAgent({ target: FIX_TARGET, agents }, at, (agent) => ({
          dependsOn: [checkoutTarget(at.round), ...judgedBy(at.settings, at.round)],
          description: `${agent} fixes what the reviewers found`,
        }))
      : [],
  settings: (all, writer) => ({ ...writerSettings(all, writer), ...gateSettings(all) }),
  prompt: 'fix',
  // What is on the branch, what it is compared with, and what was found. A command that asks for no fix makes none.
  inputs: ({ validate }) => [
    'spec',
    'again',
    { artifact: 'checkout.json' },
    { artifact: 'review.json' },
    ...(validate.agent === undefined ? [] : [{ artifact: 'e2e.json' }]),
    'review-only',
  ],
  isOfFix: true,
  artifact: { file: 'fix.json', schema: fixSchema },
  requireStored: requireStoredFix,
  mayAskNone: true,
};
