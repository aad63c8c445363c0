import { describeAccounting, describeCost, describeCount, leastExactSource } from './describe-accounting.js';

const usage = (inputTokens: number | null, cachedInputTokens: number | null, outputTokens: number | null) => ({
  model: null,
  inputTokens,
  cachedInputTokens,
  outputTokens,
});

describe('describeAccounting', () => {
  it('adds up the models, cached tokens once', () => {
    expect(describeAccounting({ usage: [usage(30_000, 12_000, 900), usage(100, 0, 20)], costUsd: 0.125, costSource: 'agent' })).toBe(
      '31k tokens (12k cached), $0.13',
    );
  });

  it('says that it does not know, instead of nothing', () => {
    expect(describeAccounting({ usage: [usage(1, 0, null)], costUsd: null })).toBe('tokens unknown, cost unknown');
    expect(describeAccounting({ usage: [], costUsd: 0, costSource: 'agent' })).toBe('tokens unknown, $0.00');
    expect(describeAccounting({ usage: [usage(5, null, 5)], costUsd: null })).toBe('10 tokens, cost unknown');
  });
});

describe('describeCost', () => {
  it('marks what is not exact, and hides no small amount', () => {
    expect(describeCost(1.5, 'settings')).toBe('$1.50');
    expect(describeCost(1.5, 'price-list')).toBe('$1.50');
    expect(describeCost(1.5, 'price-list-inexact')).toBe('~$1.50');
    expect(describeCost(0.0012, 'agent')).toBe('$0.0012');
    expect(describeCost(null, null)).toBe('cost unknown');
  });
});

describe('describeCount', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1_499, '1k'],
    [999_499, '999k'],
    [999_500, '1.0M'],
    [12_340_000, '12.3M'],
  ])('writes %i as %s', (count, text) => {
    expect(describeCount(count)).toBe(text);
  });
});

describe('leastExactSource', () => {
  it('is the least exact of several, and none of none', () => {
    expect(leastExactSource(['price-list', 'agent', 'settings'])).toBe('price-list');
    expect(leastExactSource(['agent', 'price-list-inexact'])).toBe('price-list-inexact');
    expect(leastExactSource([])).toBeUndefined();
  });
});
