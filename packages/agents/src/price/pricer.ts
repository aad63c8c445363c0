import type { ModelUsage } from '@nx-fleet/core';
import { priceAccounting, type Prices } from './price-usage.js';

/** US dollars for some tokens, or null. */
export type Pricer = (usage: ModelUsage) => number | null;

/** Prices each object once: a long run asks for the same ones at every line. */
export function createPricer(prices: Prices): Pricer {
  const known = new WeakMap<ModelUsage, { readonly costUsd: number | null }>();
  return (usage) => {
    const found = known.get(usage) ?? priceAccounting({ usage: [usage], costUsd: null }, prices);
    known.set(usage, found);
    return found.costUsd;
  };
}
