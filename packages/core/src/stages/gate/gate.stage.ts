import type { Settings } from '../../settings/settings.js';
import type { LocalStage } from '../../stage/stage.js';
import { REVIEW_TARGET, targetOf } from '../../stage/targets.js';
import { E2E } from '../e2e/e2e.stage.js';
import type { GateSettings } from './gate-change.js';
import { REVIEW } from '../review/review.stage.js';

/** Who judges what a round is about. */
export function judgedBy(settings: Settings, round: number): readonly string[] {
  return [REVIEW, E2E].flatMap(({ target, agents }) => agents(settings).map((agent) => targetOf(target, agent, round)));
}

export function gateSettings({ agents: { reviewers }, review: { blockOn }, validate }: Settings): GateSettings {
  return { reviewers, blockOn, ...(validate.agent === undefined ? {} : { e2e: validate.agent }) };
}

/** Merges the reviews of the build into one verdict, and enforces it. */
export const GATE: LocalStage<GateSettings> = {
  name: 'gate',
  target: REVIEW_TARGET,
  targets: ({ settings, round }) => {
    const description = 'Merges the reviews into one verdict; fails on blocking findings';
    return round > 1 ? [] : [{ name: REVIEW_TARGET, dependsOn: judgedBy(settings, 1), description }];
  },
  settings: gateSettings,
  prompt: null,
  inputs: null,
  artifact: null,
};
