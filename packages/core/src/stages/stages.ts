import type { Settings } from '../settings/settings.js';
import type { IssueRound, Stage, StageTarget } from '../stage/stage.js';
import { parseTarget } from '../stage/targets.js';
import { BUILD } from './build/build.stage.js';
import { CHECKOUT_FIX } from './checkout-fix/checkout-fix.stage.js';
import { CHECKOUT } from './checkout/checkout.stage.js';
import { DELIVER } from './deliver/deliver.stage.js';
import { E2E } from './e2e/e2e.stage.js';
import { FIX } from './fix/fix.stage.js';
import { GATE } from './gate/gate.stage.js';
import { PLAN } from './plan/plan.stage.js';
import { REVIEW } from './review/review.stage.js';
import { SERVE } from './serve/serve.stage.js';
import { VALIDATE } from './validate/validate.stage.js';

/** All that an issue goes through, in its order. Targets, keys, checks of stored results and columns derive from it. */
export const STAGES: readonly Stage[] = [PLAN, BUILD, CHECKOUT, VALIDATE, REVIEW, SERVE, E2E, GATE, FIX, CHECKOUT_FIX, DELIVER];

/** A target of an issue, and the stage that it runs. */
export interface IssueTarget extends StageTarget {
  readonly stage: Stage;
}

/** The targets of an issue, round by round. */
export function targetsOfIssue(issue: Omit<IssueRound, 'round'>): readonly IssueTarget[] {
  const rounds = Array.from({ length: issue.settings.review.rounds + 1 }, (_, index) => index + 1);
  return rounds.flatMap((round) => STAGES.flatMap((stage) => stage.targets({ ...issue, round }).map((target) => ({ ...target, stage }))));
}

/** The stage that a target belongs to, by its name. */
export function findStage(target: string): Stage | undefined {
  const { stage, agent } = parseTarget(target);
  return STAGES.find((one) => one.target === stage && (one.agents === undefined) === (agent === ''));
}

/** Those of a round's targets that are of the agents in use. */
export function isInUse({ stage, agent }: IssueTarget, settings: Settings): boolean {
  return agent === undefined || (stage.agents?.(settings).includes(agent) ?? false);
}
