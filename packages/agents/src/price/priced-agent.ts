import type { Agent } from '@nx-fleet/core';
import { loadPriceList } from './price-list.js';
import { priceAccounting } from './price-usage.js';
import type { PriceTable } from './settings-price.js';

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
