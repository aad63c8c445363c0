import type { Accounting, CostSource, ModelUsage } from './agent.js';

/** From what is paid to what is guessed. */
const EXACTNESS: readonly CostSource[] = ['agent', 'settings', 'price-list', 'price-list-inexact'];

/** The source of a sum: the least exact one of its parts. */
export function leastExactSource(sources: readonly CostSource[]): CostSource | undefined {
  return EXACTNESS.findLast((source) => sources.includes(source));
}

/** Tokens and cost for the user: `31k tokens (12k cached), $0.12`. Unknown values are named so, and what is not exact begins with `~`. */
export function describeAccounting({ usage, costUsd, costSource }: Accounting): string {
  return `${describeTokens(usage)}, ${describeCost(costUsd, costSource)}`;
}

/** `$0.12`, `~$0.12` where a price list does not know exactly this model, or `cost unknown`. */
export function describeCost(costUsd: number | null, costSource?: CostSource | null): string {
  if (costUsd === null) return 'cost unknown';
  const digits = costUsd > 0 && costUsd < 0.01 ? 4 : 2;
  return `${costSource === 'price-list-inexact' ? '~' : ''}$${costUsd.toFixed(digits)}`;
}

/** `950`, `31k`, `1.2M`. */
export function describeCount(count: number): string {
  if (count < 1_000) return String(count);
  return count < 999_500 ? `${Math.round(count / 1_000)}k` : `${(count / 1_000_000).toFixed(1)}M`;
}

function describeTokens(usage: readonly ModelUsage[]): string {
  const total = sum(usage.flatMap(({ inputTokens, outputTokens }) => [inputTokens, outputTokens]));
  if (total === null) return 'tokens unknown';
  const cached = sum(usage.map(({ cachedInputTokens }) => cachedInputTokens));
  return `${describeCount(total)} tokens${cached === null || cached === 0 ? '' : ` (${describeCount(cached)} cached)`}`;
}

function sum(counts: readonly (number | null)[]): number | null {
  if (counts.length === 0) return null;
  return counts.reduce((total, count) => (total === null || count === null ? null : total + count), 0);
}
