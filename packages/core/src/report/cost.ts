import type { AgentRun } from '../budget/agent-runs.js';
import { spendingOf, type Spending } from '../budget/spending.js';

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

export function costOf(all: readonly CostPart[]): Cost {
  const runs = all.filter(({ state }) => state !== 'under-way');
  const usage = runs.flatMap((run) => run.usage);
  const sum = (values: readonly (number | null)[]): number => values.reduce<number>((total, value) => total + (value ?? 0), 0);
  return {
    ...spendingOf(runs),
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
