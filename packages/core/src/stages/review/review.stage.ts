import { reviewSchema } from '../../review/review.js';
import type { Settings } from '../../settings/settings.js';
import { agentSettings, type AgentStageSettings } from '../../stage/stage-settings.js';
import { targetPerAgent, type AgentStage } from '../../stage/stage.js';
import { roundTarget, REVIEW_TARGET, VALIDATE_TARGET } from '../../stage/targets.js';
import { requireStoredReview } from './require-reviews.js';

export interface ReviewStageSettings extends AgentStageSettings {
  /** Patterns of files whose lines are not shown. */
  readonly exclude: readonly string[];
}

const agents = (settings: Settings): readonly string[] => settings.agents.reviewers;

/** One reviewer judges what was checked. */
export const REVIEW = {
  name: 'review',
  target: REVIEW_TARGET,
  agents,
  targets: (at) =>
    targetPerAgent({ target: REVIEW_TARGET, agents }, at, (agent) => ({
      dependsOn: [roundTarget(VALIDATE_TARGET, at.round)],
      description: `${agent} reviews the change, read-only and without the writer's context`,
    })),
  settings: (all, reviewer) => ({ ...agentSettings(all.agents, reviewer, all.agents.tiers.review), exclude: all.review.exclude }),
  prompt: 'review',
  // validation.json names the trees of the change and of its base; the reviewer reads nothing else of the repository.
  inputs: () => ['spec', 'again', { artifact: 'validation.json' }],
  column: { isOfAdopted: true },
  artifact: { file: 'review.json', schema: reviewSchema },
  requireStored: requireStoredReview,
} satisfies AgentStage<ReviewStageSettings>;
