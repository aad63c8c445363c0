/** Names of an issue's targets. `--` sets the agent apart, as in Nx's own atomized targets. */
export const PLAN_TARGET = 'agent-plan';
export const BUILD_TARGET = 'agent-build';
export const VALIDATE_TARGET = 'agent-validate';
export const REVIEW_TARGET = 'agent-review';
export const FIX_TARGET = 'agent-fix';
export const DELIVER_TARGET = 'agent-deliver';
export const E2E_TARGET = 'agent-e2e';
/** Of the project that concerns all: finds out which projects a change touches. */
export const CHANGES_TARGET = 'agent-changes';
/** Of the project that concerns all: says what the reviews of a change have found. */
export const PUBLISH_TARGET = 'publish-review';
export const SERVE_TARGET = 'agent-serve';

/** A target of a round of fixes: `agent-validate-2` is the check of what the first fix made. */
export function roundTarget(target: string, round: number): string {
  return round === 1 ? target : `${target}-${round}`;
}

/** The cached target of one agent: `agent-build--claude`, `agent-review-2--codex`. */
export function targetOf(target: string, agent: string, round = 1): string {
  return `${roundTarget(target, round)}--${agent}`;
}

/** The app for `agent-e2e`: after the checks, and started only when it is asked for. */
export function e2eServeTarget(round: number): string {
  return `${roundTarget(SERVE_TARGET, round)}--e2e`;
}

export interface TargetName {
  /** `agent-review`. */
  readonly stage: string;
  /** 1 is what the build made. */
  readonly round: number;
  /** Empty where the target is of no agent. */
  readonly agent: string;
}

/** Takes a target's name apart. */
export function parseTarget(target: string): TargetName {
  const [, stage = target, round = '1', agent = ''] = /^(.+?)(?:-(\d+))?(?:--(.+))?$/.exec(target) ?? [];
  return { stage, round: Number(round), agent };
}

/** Where the target stands that brings the branch to what a round is about. */
export function checkoutTarget(round: number): string {
  return round === 1 ? BUILD_TARGET : roundTarget(FIX_TARGET, round - 1);
}
