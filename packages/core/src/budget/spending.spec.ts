import { anEnd, aStart } from './ledger.contract.js';
import type { Payment } from './ledger.js';
import { formatSpending, formatUsd, readAgentRuns, sumSpending } from './spending.js';
import { createFakeHost } from '../host/fake-host.js';

const run = (costUsd: number | null, isInexact = false) => ({ state: 'ended', costUsd, isInexact }) as const;
const killed = { state: 'killed', costUsd: null, isInexact: false } as const;
const underWay = { state: 'under-way', costUsd: null, isInexact: false } as const;

describe('sumSpending', () => {
  it('adds up what is known and counts what is not', () => {
    expect(sumSpending([run(0.1), run(0.1), run(0.1), run(null), killed, underWay])).toEqual({
      runs: 5,
      knownUsd: 0.3,
      unknownRuns: 2,
      isInexact: false,
    });
  });
});

describe('formatSpending', () => {
  it.each([
    [[run(0.42)], '$0.42'],
    [[run(0)], '$0.00'],
    [[run(1, true), run(0.5)], '~$1.50'],
    [[run(1), run(null)], '≥$1.00'],
    [[run(1, true), killed], '≥~$1.00'],
    [[run(null, true)], '?'],
    [[killed], '?'],
    [[underWay], '-'],
    [[], '-'],
  ])('marks what is unknown and what is inexact: %#', (runs, text) => {
    expect(formatSpending(sumSpending(runs))).toBe(text);
  });
});

describe('formatUsd', () => {
  it.each([
    [0, '$0.00'],
    [0.01, '$0.01'],
    [0.0042, '$0.0042'],
    [0.000001234, '$0.0000012'],
    [1234.567, '$1234.57'],
  ])('shows %d as %s', (usd, text) => {
    expect(formatUsd(usd)).toBe(text);
  });
});

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
