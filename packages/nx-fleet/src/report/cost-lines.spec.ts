import { costReport, type AgentRun, type CostReport, type Hit } from '@nx-fleet/core';
import { costLines } from './cost-lines.js';

function aRun(change: Partial<AgentRun> = {}): AgentRun {
  const usage = [{ model: 'opus-5', inputTokens: 12_345, cachedInputTokens: 4_000, outputTokens: 950, costSource: 'agent' }];
  const stage = { run: 'r', project: 'issue-1', target: 'agent-plan', key: 'key', agent: 'claude', model: 'opus' };
  return { id: 'a', at: '2026-01-01T00:00:00.000Z', ...stage, state: 'ended', costUsd: 0.42, isInexact: false, usage, ...change };
}

const hit: Hit = {
  at: '2026-01-02T00:00:00.000Z',
  run: 'r2',
  project: 'issue-1',
  target: 'agent-plan',
  key: 'key',
  costUsd: 0.42,
  isInexact: false,
};

const lines = (runs: readonly AgentRun[], hits: readonly Hit[] = []): string => costLines(costReport({ runs, hits })).join('\n');

describe('the lines of a cost report', () => {
  it('show issues with their stages, models, and sums', () => {
    const text = lines([aRun(), aRun({ target: 'agent-build--claude', costUsd: 1 }), aRun({ project: 'issue-2', costUsd: 0.5 })]);
    expect(text).toMatch(/issue-1 +agent-build--claude +1 +12\.3k +4\.0k +950 +\$1\.00/);
    expect(text).toMatch(/\n +agent-plan +1 +12\.3k +4\.0k +950 +\$0\.42/);
    expect(text).toMatch(/\n +all of it +2 +24\.7k +8\.0k +1\.9k +\$1\.42/);
    expect(text).toMatch(/issue-2 +agent-plan +1 .+\$0\.50 *\nall +3 .+\$1\.92/);
    expect(text).toMatch(/claude +opus-5 +3 .+\$1\.92/);
    expect(text).not.toMatch(/unknown|estimate/);
  });

  it('mark what is unknown and what is inexact, and explain the marks', () => {
    const text = lines([aRun({ isInexact: true }), aRun({ costUsd: null, usage: [] })]);
    expect(text).toMatch(/agent-plan +2 +≥12\.3k +4\.0k +≥950 +≥~\$0\.42/);
    expect(text).toContain('≥ part of it is unknown and not included; ? all of it is unknown');
    expect(text).toContain('~ partly an estimate, by the price of a similar model or of short prompts');
    expect(lines([aRun({ costUsd: null, usage: [] })])).toMatch(/agent-plan +1 +\? +0 +\? +\?/);
  });

  it('say what the cache saved, and whose money that was', () => {
    expect(lines([aRun()], [hit])).toContain('1 result came from the cache and saved $0.42.');
    expect(lines([], [hit])).toContain('1 of them came from a shared cache.');
    expect(lines([aRun()])).toContain('No cache savings recorded.');
  });

  it('show no control characters of a model name', () => {
    const usage = [{ model: 'a\u001b[31mb', inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, costSource: null }];
    expect(lines([aRun({ usage })])).not.toContain('\u001b[31m');
  });

  it('tell of runs under way, and of none at all', () => {
    expect(lines([aRun({ state: 'under-way', costUsd: null, usage: [] })])).toContain('1 agent run is under way');
    const none: CostReport = costReport({ runs: [], hits: [], since: new Date('2026-01-01') });
    expect(costLines(none)).toEqual(['No agent has run on this machine since 2026-01-01T00:00:00.000Z.']);
  });
});
