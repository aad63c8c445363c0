import type { AgentsSettings, ModelUsage } from '@nx-fleet/core';

/** The user's own prices by model. */
export type PriceTable = AgentsSettings['prices'];

const TOKENS_PER_PRICE = 1_000_000;

/** US dollars by the user's own price of exactly this model, or null. Cached input without a price of its own costs what input costs. */
export function priceBySettings(usage: ModelUsage, prices: PriceTable): number | null {
  const { model, inputTokens, cachedInputTokens, outputTokens } = usage;
  const price = model !== null && Object.hasOwn(prices, model) ? prices[model] : undefined;
  if (price === undefined || inputTokens === null || outputTokens === null) return null;
  const cached = Math.min(cachedInputTokens ?? 0, inputTokens);
  const usd = (inputTokens - cached) * price.input + cached * (price.cachedInput ?? price.input) + outputTokens * price.output;
  return usd / TOKENS_PER_PRICE;
}
