import { CHECKS_STEP, describeAccounting, describeCost, describeCount, leastExactSource, type RunStep, runTotals } from './run-record.js';

function step(costUsd: number | null, ...tokens: readonly (number | null)[]): RunStep {
  const usage = tokens.map((count) => ({ model: null, inputTokens: count, cachedInputTokens: null, outputTokens: count }));
  return { what: 'build', ended: 'completed', durationMs: 1, costUsd, usage };
}

function totals(...steps: readonly RunStep[]): ReturnType<typeof runTotals> {
  return runTotals({ key: null, agent: null, agentVersion: null, startedAt: '', durationMs: 1, outcome: 'completed', steps: [...steps] });
}

describe('runTotals', () => {
  it('adds up tokens and cost over steps and models', () => {
    expect(totals(step(0.5, 10, 20), step(0.25, 5))).toEqual({ inputTokens: 35, outputTokens: 35, costUsd: 0.75 });
  });

  it('counts no step of the checks', () => {
    expect(totals(step(0.5, 10), { ...step(null), what: CHECKS_STEP })).toEqual({ inputTokens: 10, outputTokens: 10, costUsd: 0.5 });
  });

  it('knows no sum that has an unknown part', () => {
    expect(totals(step(0.5, 10), step(null, null))).toEqual({ inputTokens: null, outputTokens: null, costUsd: null });
    expect(totals(step(0.5, 10), step(0.5))).toEqual({ inputTokens: null, outputTokens: null, costUsd: 1 });
  });

  it('says unknown, not nothing, of a failed run in which no agent answered', () => {
    const record = { key: null, agent: null, agentVersion: null, startedAt: '', durationMs: 1, outcome: 'failed', steps: [] } as const;
    expect(runTotals({ ...record, steps: [] })).toEqual({ inputTokens: null, outputTokens: null, costUsd: null });
  });

  it('says nothing, not unknown, of one that was finished without an agent', () => {
    expect(totals()).toEqual({ inputTokens: 0, outputTokens: 0, costUsd: 0 });
  });

  it('keeps a cost of 0 that is known', () => {
    expect(totals(step(0, 0))).toEqual({ inputTokens: 0, outputTokens: 0, costUsd: 0 });
  });
});

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
