import type { ModelUsage } from '@nx-fleet/core';
import type { calcPrice, PriceCalculation } from '@pydantic/genai-prices';

type Calculate = typeof calcPrice;

/** What a public price list says about some tokens. */
export interface ListedPrice {
  readonly usd: number;
  /** True when it is the price of exactly this model, and nothing that the price depends on is unknown. */
  readonly isExact: boolean;
}

/** Public prices. They come with the package, and are never fetched. */
export interface PriceList {
  price(usage: ModelUsage): ListedPrice | null;
}

// The list finds a model by the beginning of its name, with whichever seller has one like it. Only of these do the names belong to one vendor.
const VENDORS: readonly string[] = ['anthropic', 'openai', 'google', 'mistral', 'deepseek', 'x-ai'];
const RELEASE_DATE = /-(?:\d{8}|\d{4}-\d{2}-\d{2})$/;

let loading: Promise<PriceList> | undefined;

/** Loads the price list, of some 800 KB, once. */
export function loadPriceList(): Promise<PriceList> {
  loading ??= import('@pydantic/genai-prices').then(({ calcPrice: calculate }) => ({ price: (usage) => priceByList(usage, calculate) }));
  return loading;
}

function priceByList(usage: ModelUsage, calculate: Calculate): ListedPrice | null {
  const { model, inputTokens, outputTokens } = usage;
  if (model === null || inputTokens === null || outputTokens === null) return null;
  const { cachedInputTokens, cacheWriteTokens = null } = usage;
  const cached = (cachedInputTokens ?? 0) + (cacheWriteTokens ?? 0);
  // A program that counts the cached part beside the input cannot be priced: it is unknown what it counted.
  if (cached > inputTokens) return null;
  const tokens: Tokens = { input: inputTokens, cached: cachedInputTokens ?? 0, written: cacheWriteTokens ?? 0, output: outputTokens };
  const found = calculateFor(model, tokens, calculate);
  if (found === null) return null;
  const limit = shortPromptLimit(found);
  const factor = Math.max(1, inputTokens / limit);
  // Long prompts cost more, and these are the tokens of many prompts: they are priced as short ones.
  const priced = factor === 1 ? found : calculateFor(model, scaled(tokens, factor), calculate);
  if (priced === null) return null;
  return { usd: priced.total_price * factor, isExact: factor === 1 && cachedInputTokens !== null && isSameModel(model, found) };
}

interface Tokens {
  readonly input: number;
  readonly cached: number;
  readonly written: number;
  readonly output: number;
}

function scaled({ input, cached, written, output }: Tokens, factor: number): Tokens {
  return { input: input / factor, cached: cached / factor, written: written / factor, output: output / factor };
}

/** Names with a vendor, such as `anthropic/claude-opus-5-5`, are looked up there and nowhere else. */
function calculateFor(name: string, tokens: Tokens, calculate: Calculate): PriceCalculation | null {
  const { vendor, model } = splitName(name);
  const usage = {
    input_tokens: tokens.input,
    cache_read_tokens: tokens.cached,
    cache_write_tokens: tokens.written,
    output_tokens: tokens.output,
  };
  return calculate(usage, model, vendor === null ? {} : { providerId: vendor });
}

function splitName(name: string): { readonly vendor: string | null; readonly model: string } {
  const slash = name.indexOf('/');
  return slash === -1 ? { vendor: null, model: name } : { vendor: name.slice(0, slash), model: name.slice(slash + 1) };
}

function isSameModel(name: string, { model: found, provider }: PriceCalculation): boolean {
  const { vendor, model } = splitName(name);
  if (vendor === null && !VENDORS.includes(provider.id)) return false;
  return model === found.id || model.replace(RELEASE_DATE, '') === found.id.replace(RELEASE_DATE, '');
}

/** Input tokens of one request up to which the lowest price holds. */
function shortPromptLimit({ model_price: price }: PriceCalculation): number {
  const starts = Object.values(price).flatMap((part) => (typeof part === 'object' ? part.tiers.map(({ start }) => start) : []));
  return Math.min(...starts);
}
