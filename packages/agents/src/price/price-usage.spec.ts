import type { Accounting, ModelUsage } from '@nx-fleet/core';
import type { PriceList } from './price-list.js';
import { priceAccounting, priceBySettings, type PriceTable } from './price-usage.js';

const listed = new Map([
  ['listed', { usd: 2, isExact: true }],
  ['like-listed', { usd: 3, isExact: false }],
]);
const list: PriceList = { price: ({ model }) => listed.get(model ?? '') ?? null };
const table: PriceTable = {
  mine: { input: 10, cachedInput: 1, output: 100 },
  plain: { input: 10, output: 100 },
  free: { input: 0, output: 0 },
};
const usage = (model: string | null, more: Partial<ModelUsage> = {}): ModelUsage => ({
  model,
  inputTokens: 1_000_000,
  cachedInputTokens: 400_000,
  outputTokens: 10_000,
  ...more,
});
const price = (accounting: Accounting): Accounting => priceAccounting(accounting, { table, list });

describe("the user's prices", () => {
  it('count cached input once, at its own price, or as input where it has none', () => {
    expect(priceBySettings(usage('mine'), table)).toBeCloseTo(6 + 0.4 + 1, 10);
    expect(priceBySettings(usage('plain'), table)).toBeCloseTo(10 + 1, 10);
    expect(priceBySettings(usage('mine', { cachedInputTokens: null }), table)).toBeCloseTo(10 + 1, 10);
  });

  it('hold for the very name only, and for no unknown tokens', () => {
    for (const model of ['min', 'mine-2', 'MINE', 'constructor', null]) expect(priceBySettings(usage(model), table)).toBeNull();
    expect(priceBySettings(usage('mine', { outputTokens: null }), table)).toBeNull();
  });

  it('can say that a model costs nothing', () => {
    expect(price({ usage: [usage('free')], costUsd: null })).toMatchObject({ costUsd: 0, costSource: 'settings' });
  });
});

describe('the cost of a run', () => {
  it("is the agent's own before all others", () => {
    expect(price({ usage: [usage('mine')], costUsd: 0.25, costSource: 'agent' })).toMatchObject({
      costUsd: 0.25,
      costSource: 'agent',
      usage: [{ costUsd: 0.25, costSource: 'agent' }],
    });
  });

  it.each([
    ['mine', 'settings'],
    ['listed', 'price-list'],
    ['like-listed', 'price-list-inexact'],
  ])('of %s is by %s', (model, costSource) => {
    expect(price({ usage: [usage(model)], costUsd: null })).toMatchObject({ costSource, usage: [{ costSource }] });
  });

  it('is unknown, never 0, when one model has no price; what is known of the others stays', () => {
    const priced = price({ usage: [usage('listed'), usage('nobody-knows')], costUsd: null });
    expect(priced.costUsd).toBeNull();
    expect(priced).not.toHaveProperty('costSource');
    expect(priced.usage).toEqual([expect.objectContaining({ costUsd: 2 }), usage('nobody-knows')]);
    expect(price({ usage: [], costUsd: null })).toEqual({ usage: [], costUsd: null });
  });

  it('is the sum of the models, and as exact as the least exact of them', () => {
    const paid = usage('odd', { costUsd: 1, costSource: 'agent' });
    expect(price({ usage: [paid, usage('like-listed')], costUsd: null })).toMatchObject({ costUsd: 4, costSource: 'price-list-inexact' });
  });
});
