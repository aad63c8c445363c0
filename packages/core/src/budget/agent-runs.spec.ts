import { createFakeHost } from '../host/fake-host.js';
import { readAgentRuns } from './agent-runs.js';
import { anEnd, aStart } from './ledger.contract.js';
import type { Payment } from './ledger-entry.js';

async function runsOf(...payments: readonly Payment[]): ReturnType<typeof readAgentRuns> {
  const host = createFakeHost({ running: [{ pid: 9, startedAt: '5' }] });
  for (const payment of payments) await host.ledger.addPayment(payment);
  return readAgentRuns(host);
}

describe('readAgentRuns', () => {
  it('joins starts and ends, whatever stands between', async () => {
    const runs = await runsOf(aStart(), aStart({ id: 'b', target: 'agent-build--claude' }), anEnd({ id: 'b', costUsd: 2 }), anEnd());
    expect(runs).toMatchObject([
      { id: 'a', target: 'agent-plan', state: 'ended', costUsd: 0.25, isInexact: false },
      { id: 'b', target: 'agent-build--claude', state: 'ended', costUsd: 2 },
    ]);
  });

  it('tells what is under way from what was killed, and knows the cost of neither', async () => {
    const runs = await runsOf(aStart({ owner: { pid: 9, startedAt: '5' } }), aStart({ id: 'b', owner: { pid: 9, startedAt: '4' } }));
    expect(runs).toMatchObject([
      { state: 'under-way', costUsd: null },
      { state: 'killed', costUsd: null },
    ]);
  });

  it('takes a program that is not there for free, and no other failure', async () => {
    const runs = await runsOf(
      aStart(),
      anEnd({ ended: 'not-installed', costUsd: null }),
      aStart({ id: 'b' }),
      anEnd({ id: 'b', ended: 'crashed', costUsd: null }),
    );
    expect(runs.map(({ costUsd }) => costUsd)).toEqual([0, null]);
  });

  it.each([
    ['price-list-inexact', true],
    ['price-list', false],
    ['agent', false],
    [null, false],
  ])('marks what came from %s: %s', async (costSource, isInexact) => {
    expect(await runsOf(aStart(), anEnd({ costSource }))).toMatchObject([{ isInexact }]);
  });
});
