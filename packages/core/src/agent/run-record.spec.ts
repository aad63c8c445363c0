import { CHECKS_STEP, runTotals, type RunStep } from './run-record.js';

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
