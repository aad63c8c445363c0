import { leastExactSource, type Accounting, type CostSource, type ModelUsage } from '@nx-fleet/core';
import type { PriceList } from './price-list.js';
import { priceBySettings, type PriceTable } from './settings-price.js';

export interface Prices {
  readonly table: PriceTable;
  readonly list: PriceList;
}

interface Priced {
  readonly costUsd: number;
  readonly costSource: CostSource;
}

/** What some tokens of one model cost: by the agent itself, else by the user's prices, else by the price list; null when unknown. */
function priceUsage(usage: ModelUsage, { table, list }: Prices): Priced | null {
  if (usage.costUsd !== undefined && usage.costUsd !== null) return { costUsd: usage.costUsd, costSource: usage.costSource ?? 'agent' };
  const own = priceBySettings(usage, table);
  if (own !== null) return { costUsd: own, costSource: 'settings' };
  const listed = list.price(usage);
  return listed === null ? null : { costUsd: listed.usd, costSource: listed.isExact ? 'price-list' : 'price-list-inexact' };
}

/** The same with what each model and all together cost, as far as it is known. A sum with an unknown part is unknown. */
export function priceAccounting({ usage, costUsd, costSource }: Accounting, prices: Prices): Accounting {
  const parts = usage.map((part) => ({ part, priced: priceUsage(part, prices) }));
  const priced = parts.map(({ part, priced: cost }) => (cost === null ? part : { ...part, ...cost }));
  if (costUsd !== null) return { usage: withTheWhole(priced, costUsd), costUsd, costSource: costSource ?? 'agent' };
  const costs = parts.flatMap(({ priced: cost }) => (cost === null ? [] : [cost]));
  const source = leastExactSource(costs.map((cost) => cost.costSource));
  if (costs.length === 0 || costs.length < parts.length || source === undefined) return { usage: priced, costUsd: null };
  return { usage: priced, costUsd: costs.reduce((total, cost) => total + cost.costUsd, 0), costSource: source };
}

/** Where the agent names one model and one cost, that is the model's; a guess beside it would contradict it. */
function withTheWhole(usage: readonly ModelUsage[], costUsd: number): readonly ModelUsage[] {
  const [only, ...others] = usage;
  return only === undefined || others.length > 0 ? usage : [{ ...only, costUsd, costSource: 'agent' }];
}
