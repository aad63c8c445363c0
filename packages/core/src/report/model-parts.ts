import { isInexactSource, type AgentRun } from '../budget/agent-runs.js';
import type { CostPart } from './cost.js';

/** One model's part in an agent's run. */
export interface ModelPart extends CostPart {
  readonly agent: string;
  readonly model: string | null;
}

/** A run by its models. One cost that was reported for several models is not split: the shares are unknown. */
export function modelParts(run: AgentRun): readonly ModelPart[] {
  const { agent, state, usage } = run;
  if (usage.length <= 1) return [{ ...run, model: usage[0]?.model ?? run.model }];
  const own = usage.flatMap((part) => (part.costUsd === undefined ? [] : [{ part, costUsd: part.costUsd }]));
  if (own.length < usage.length) return [{ ...run, model: [...new Set(usage.map(({ model }) => model ?? 'unknown'))].sort().join(' + ') }];
  return own.map(({ part, costUsd }) => ({
    agent,
    model: part.model,
    state,
    costUsd,
    isInexact: isInexactSource(part.costSource),
    usage: [part],
  }));
}
