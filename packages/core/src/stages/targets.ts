/** Names of an issue's targets. `--` sets the agent apart, as in Nx's own atomized targets. */
export const PLAN_TARGET = 'agent-plan';
export const BUILD_TARGET = 'agent-build';
export const VALIDATE_TARGET = 'agent-validate';
export const REVIEW_TARGET = 'agent-review';
export const FIX_TARGET = 'agent-fix';
export const DELIVER_TARGET = 'agent-deliver';

/** The cached target of one agent: `agent-build--claude`. */
export function targetOf(target: typeof BUILD_TARGET | typeof REVIEW_TARGET | typeof FIX_TARGET, agent: string): string {
  return `${target}--${agent}`;
}
