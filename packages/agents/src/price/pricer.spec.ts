import type { ModelUsage } from '@nx-fleet/core';
import { createPricer } from './price-usage.js';

const usage = (model: string): ModelUsage => ({ model, inputTokens: 1_000_000, cachedInputTokens: 0, outputTokens: 0 });

describe('createPricer', () => {
  it('looks each object up once, known or not', () => {
    let asked = 0;
    const list = {
      price: ({ model }: ModelUsage) => {
        asked += 1;
        return model === 'listed' ? { usd: 2, isExact: true } : null;
      },
    };
    const price = createPricer({ table: {}, list });
    const [one, other] = [usage('listed'), usage('odd')];
    expect([price(one), price(other), price(one), price(other)]).toEqual([2, null, 2, null]);
    expect(asked).toBe(2);
    expect(price(usage('listed'))).toBe(2);
    expect(asked).toBe(3);
  });
});
