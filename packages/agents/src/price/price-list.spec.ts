import type { ModelUsage } from '@nx-fleet/core';
import { loadPriceList, type ListedPrice } from './price-list.js';

const price = async (model: string | null, tokens: Partial<ModelUsage> = {}): Promise<ListedPrice | null> =>
  (await loadPriceList()).price({ model, inputTokens: 100_000, cachedInputTokens: 20_000, outputTokens: 1_000, ...tokens });

describe('the price list', () => {
  it('counts what came from the cache once, at its own price', async () => {
    expect((await price('claude-opus-5-5'))?.usd).toBeCloseTo((80_000 * 4 + 20_000 * 0.2 + 1_000 * 20) / 1e6, 10);
  });

  it('counts what was written to the cache at its own price, and as input where there is none', async () => {
    const written = { inputTokens: 100_000, cachedInputTokens: 0, cacheWriteTokens: 100_000, outputTokens: 0 };
    expect((await price('claude-opus-5-5', written))?.usd).toBeCloseTo(0.5, 10);
    expect((await price('gpt-5.5', written))?.usd).toBeCloseTo(0.5, 10);
  });

  it.each([
    ['claude-opus-5-5', true],
    ['claude-sonnet-4-5-20250929', true],
    ['anthropic/claude-opus-5-5', true],
    ['openai/gpt-5.5', true],
    ['claude-sonnet-5-5', false],
    ['gpt-5.1-codex', false],
    ['claude-opus-4-8[1m]', false],
  ])('says of %s whether it is the price of this very model: %s', async (model, isExact) => {
    expect(await price(model)).toMatchObject({ isExact });
  });

  it.each([null, '', 'opus', 'no-such-model', 'constructor', '__proto__', 'no-such-vendor/claude-opus-5-5'])(
    'knows no price of %j',
    async (model) => {
      expect(await price(model)).toBeNull();
    },
  );

  it.each<Partial<ModelUsage>>([{ inputTokens: null }, { outputTokens: null }, { cachedInputTokens: 100_001 }])(
    'knows no price of tokens that are unknown or contradict each other: %j',
    async (tokens) => {
      expect(await price('claude-opus-5-5', tokens)).toBeNull();
    },
  );

  it('is not exact when nobody said what came from the cache', async () => {
    expect(await price('claude-opus-5-5', { cachedInputTokens: null })).toMatchObject({ isExact: false });
  });

  it('takes many tokens for many short prompts, since one long prompt costs more, and is not exact then', async () => {
    const [short, many] = [await price('gpt-5.5', { inputTokens: 200_000 }), await price('gpt-5.5', { inputTokens: 2_000_000 })];
    expect(short).toEqual({ usd: expect.closeTo((180_000 * 5 + 20_000 * 0.5 + 1_000 * 30) / 1e6, 10), isExact: true });
    expect(many).toEqual({ usd: expect.closeTo((1_980_000 * 5 + 20_000 * 0.5 + 1_000 * 30) / 1e6, 10), isExact: false });
  });
});
