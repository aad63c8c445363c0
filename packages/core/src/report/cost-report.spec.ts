import { costReport, type CostReport, parseSince } from './cost-report.js';
import { aHit } from '../budget/ledger.contract.js';
import type { AgentRun } from '../budget/spending.js';
import { UserError } from '../errors/user-error.js';

function aRun(change: Partial<AgentRun> = {}): AgentRun {
  const usage = [{ model: 'opus-5', inputTokens: 100, cachedInputTokens: 40, outputTokens: 10, costSource: 'agent' }];
  const stage = { run: 'run-1', project: 'issue-1', target: 'agent-plan', key: 'key', agent: 'claude', model: 'opus' };
  return { id: 'a', at: '2026-01-01T00:00:00.000Z', ...stage, state: 'ended', costUsd: 1, isInexact: false, usage, ...change };
}

const report = (runs: readonly AgentRun[], since?: string): CostReport =>
  costReport({ runs, hits: [], ...(since === undefined ? {} : { since: new Date(since) }) });

describe('costReport', () => {
  it('adds up by issue and stage', () => {
    const runs = [
      aRun({ project: 'issue-2' }),
      aRun({ target: 'agent-review--codex' }),
      aRun(),
      aRun({ costUsd: 0.5, isInexact: true }),
      aRun({ project: 'issue-2', state: 'killed', costUsd: null, usage: [] }),
    ];
    const { issues, total } = report(runs);
    expect(issues).toMatchObject([
      {
        project: 'issue-1',
        knownUsd: 2.5,
        unknownRuns: 0,
        isInexact: true,
        stages: [
          { target: 'agent-plan', runs: 2, knownUsd: 1.5, isInexact: true, inputTokens: 200, cachedInputTokens: 80, outputTokens: 20 },
          { target: 'agent-review--codex', runs: 1, knownUsd: 1, isInexact: false, isTokensComplete: true },
        ],
      },
      { project: 'issue-2', runs: 2, knownUsd: 1, unknownRuns: 1, isTokensComplete: false },
    ]);
    expect(total).toMatchObject({ runs: 5, knownUsd: 3.5, unknownRuns: 1, inputTokens: 400, isTokensComplete: false });
  });

  it('counts what began since a time, and that moment itself', () => {
    const runs = [aRun({ at: '2026-01-01T00:00:00.000Z' }), aRun({ at: '2026-01-01T00:00:00.001Z', costUsd: 2 })];
    expect(report(runs, '2026-01-01T00:00:00.001Z')).toMatchObject({ since: '2026-01-01T00:00:00.001Z', total: { runs: 1, knownUsd: 2 } });
    expect(report(runs)).toMatchObject({ since: null, total: { runs: 2 } });
  });

  it('counts what is under way in no sum', () => {
    expect(report([aRun({ state: 'under-way', costUsd: null, usage: [] })])).toMatchObject({
      underWay: 1,
      total: { runs: 0, unknownRuns: 0 },
    });
  });

  it('takes a program that was not there for complete: it had no tokens', () => {
    expect(report([aRun({ costUsd: 0, usage: [] })]).total).toMatchObject({ runs: 1, knownUsd: 0, isTokensComplete: true });
  });
});

describe('the models of a report', () => {
  const haiku = { model: 'haiku-5', inputTokens: 7, cachedInputTokens: null, outputTokens: 1, costSource: null };
  const opus = { model: 'opus-5', inputTokens: 100, cachedInputTokens: 40, outputTokens: 10, costSource: null };

  it('have the cost that was told for each', () => {
    const { models } = report([
      aRun({
        costUsd: 1.1,
        usage: [
          { ...opus, costUsd: 1 },
          { ...haiku, costUsd: 0.1, costSource: 'price-list-inexact' },
        ],
      }),
      aRun(),
    ]);
    expect(models).toMatchObject([
      { agent: 'claude', model: 'haiku-5', runs: 1, knownUsd: 0.1, isInexact: true, inputTokens: 7 },
      { agent: 'claude', model: 'opus-5', runs: 2, knownUsd: 2, isInexact: false, inputTokens: 200 },
    ]);
  });

  it('share a cost that was told for all of them together', () => {
    expect(report([aRun({ usage: [opus, haiku] })]).models).toMatchObject([{ model: 'haiku-5 + opus-5', knownUsd: 1, inputTokens: 107 }]);
  });

  it('are unknown where a part of the costs is', () => {
    expect(
      report([
        aRun({
          costUsd: null,
          usage: [
            { ...opus, costUsd: null },
            { ...haiku, costUsd: 0.1 },
          ],
        }),
      ]).models,
    ).toMatchObject([
      { model: 'haiku-5', knownUsd: 0.1, unknownRuns: 0 },
      { model: 'opus-5', knownUsd: 0, unknownRuns: 1 },
    ]);
  });

  it.each([
    ['the model that was asked for, where the agent names none', 'opus', 'opus'],
    ['none, where nobody named one', null, null],
  ])('are %s', (_, asked, model) => {
    expect(report([aRun({ model: asked, usage: [] })]).models).toMatchObject([{ agent: 'claude', model }]);
  });

  it('are kept apart by agent', () => {
    expect(report([aRun(), aRun({ agent: 'claude-bedrock' })]).models.map(({ agent }) => agent)).toEqual(['claude', 'claude-bedrock']);
  });
});

describe('what the cache has saved', () => {
  it('is what results from the cache had cost, each once per command', () => {
    const hits = [aHit(), aHit(), aHit({ run: 'run-3' }), aHit({ target: 'agent-review--codex', key: 'another', costUsd: null })];
    expect(costReport({ runs: [aRun({ project: 'issue-42' })], hits }).saved).toEqual({
      runs: 3,
      knownUsd: 0.5,
      unknownRuns: 1,
      isInexact: false,
      paidElsewhere: 1,
    });
  });

  it('tells results of a shared cache apart by what was paid here at any time', () => {
    const hits = [aHit({ at: '2026-01-03T00:00:00.000Z' })];
    const runs = [aRun({ project: 'issue-42', at: '2026-01-01T00:00:00.000Z' })];
    const since = new Date('2026-01-02T00:00:00.000Z');
    expect(costReport({ runs, hits, since }).saved.paidElsewhere).toBe(0);
    expect(costReport({ runs: [], hits, since }).saved.paidElsewhere).toBe(1);
  });

  it('counts a round of fixes that took the result of an earlier round as paid here', () => {
    const [run, hit] = [aRun({ project: 'issue-42', target: 'agent-review--codex' }), aHit({ target: 'agent-review-2--codex' })];
    expect(costReport({ runs: [run], hits: [hit] }).saved.paidElsewhere).toBe(0);
  });

  it('leaves out what was taken before', () => {
    expect(costReport({ runs: [], hits: [aHit()], since: new Date('2026-02-01') }).saved.runs).toBe(0);
  });
});

const now = new Date('2026-03-10T12:00:00.000Z');

describe('parseSince', () => {
  it.each([
    ['24h', '2026-03-09T12:00:00.000Z'],
    ['7d', '2026-03-03T12:00:00.000Z'],
    ['2w', '2026-02-24T12:00:00.000Z'],
    ['2026-03-01T10:30Z', '2026-03-01T10:30:00.000Z'],
    ['2026-03-01T10:30:00.5+02:00', '2026-03-01T08:30:00.500Z'],
  ])('takes %s for %s', (text, expected) => {
    expect(parseSince(text, now).toISOString()).toBe(expected);
  });

  it('takes a date for its midnight here', () => {
    expect(parseSince('2026-03-01', now)).toEqual(new Date(2026, 2, 1));
  });

  it.each(['', '7', 'd', '-1d', '7 days', 'yesterday', '2026-13-01', '2026-3-1', '99999d', '2026-03-01\n'])('refuses "%s"', (text) => {
    expect(() => parseSince(text, now)).toThrow(UserError);
    expect(() => parseSince(text, now)).toThrow('--since=7d');
  });
});
