import { formatSpending, formatUsd, spendingOf } from './spending.js';

const run = (costUsd: number | null, isInexact = false) => ({ state: 'ended', costUsd, isInexact }) as const;
const killed = { state: 'killed', costUsd: null, isInexact: false } as const;
const underWay = { state: 'under-way', costUsd: null, isInexact: false } as const;

describe('spendingOf', () => {
  it('adds up what is known and counts what is not', () => {
    expect(spendingOf([run(0.1), run(0.1), run(0.1), run(null), killed, underWay])).toEqual({
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
    expect(formatSpending(spendingOf(runs))).toBe(text);
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
