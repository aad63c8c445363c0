import { type AgentRun, isInexactSource, type Spending, sumSpending } from '../budget/spending.js';

/** What some agent runs have cost, in money and in tokens. */
export interface Cost extends Spending {
  /** Sums of what is known. */
  readonly inputTokens: number;
  /** Part of `inputTokens` that came from the vendors' prompt caches. */
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  /** Whether these are all tokens of these runs. */
  readonly isTokensComplete: boolean;
}

export type CostPart = Pick<AgentRun, 'state' | 'costUsd' | 'isInexact' | 'usage'>;

export function sumCosts(all: readonly CostPart[]): Cost {
  const runs = all.filter(({ state }) => state !== 'under-way');
  const usage = runs.flatMap((run) => run.usage);
  const sum = (values: readonly (number | null)[]): number => values.reduce<number>((total, value) => total + (value ?? 0), 0);
  return {
    ...sumSpending(runs),
    inputTokens: sum(usage.map((part) => part.inputTokens)),
    cachedInputTokens: sum(usage.map((part) => part.cachedInputTokens)),
    outputTokens: sum(usage.map((part) => part.outputTokens)),
    isTokensComplete: runs.every(areTokensKnown),
  };
}

/** A run that cost nothing for sure had no tokens to tell. */
function areTokensKnown({ usage, costUsd }: CostPart): boolean {
  if (usage.length === 0) return costUsd === 0;
  return usage.every(({ inputTokens, outputTokens }) => inputTokens !== null && outputTokens !== null);
}

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
