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
/** The app for `agent-e2e`: after the checks, and started only when it is asked for. */
export const E2E_SERVE_TARGET = `${SERVE_TARGET}--e2e`;

/** The cached target of one agent: `agent-build--claude`. */
export function targetOf(target: AgentTarget, agent: string): string {
  return `${target}--${agent}`;
}

type AgentTarget = typeof BUILD_TARGET | typeof REVIEW_TARGET | typeof FIX_TARGET | typeof E2E_TARGET;
