import { type Accounting, type Agent, type AgentsSettings, type CostSource, leastExactSource, type ModelUsage } from '@nx-fleet/core';
import { loadPriceList, type PriceList } from './price-list.js';

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

/** The agent with the cost of each run filled in, where the program does not tell it and a price is known. */
export function createPricedAgent(agent: Agent, table: PriceTable): Agent {
  return {
    name: agent.name,
    detect: () => agent.detect(),
    run: async (request) => {
      const outcome = await agent.run(request);
      const { usage: _usage, costUsd: _costUsd, costSource: _costSource, ...rest } = outcome;
      return { ...rest, ...priceAccounting(outcome, { table, list: await loadPriceList() }) };
    },
  };
}
