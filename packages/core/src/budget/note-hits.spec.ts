import type { RunRecord } from '../agent/run-record.js';
import { createFakeHost, type FakeHost } from '../host/fake-host.js';
import { aStart } from './ledger.contract.js';
import { noteHits } from './note-hits.js';

const plan = { project: 'issue-42', target: 'agent-plan' };
const usage = [{ model: 'opus', inputTokens: 1, cachedInputTokens: 0, outputTokens: 1 }];
const step = { what: 'plan', ended: 'completed', durationMs: 1, costUsd: 0.25, usage };

async function finished(host: FakeHost, change: Partial<RunRecord> = {}): Promise<void> {
  const record: RunRecord = {
    key: 'key',
    agent: 'claude',
    agentVersion: '1',
    startedAt: 'then',
    durationMs: 1,
    outcome: 'completed',
    steps: [step],
    ...change,
  };
  await host.artifacts.write(plan.project, plan.target, 'run.json', JSON.stringify(record));
}

describe('noteHits', () => {
  it('books a finished result that no agent of this command was run for, with what it had cost', async () => {
    const host = createFakeHost();
    await host.ledger.addPayment(aStart({ run: 'run-0' }));
    await finished(host);
    await noteHits([plan], host);
    expect(await host.ledger.readHits()).toEqual([
      { at: '2026-01-01T00:00:00.000Z', run: 'run-1', ...plan, key: 'key', costUsd: 0.25, isInexact: false },
    ]);
  });

  it('books it once in a command, and again in the next', async () => {
    const host = createFakeHost();
    await finished(host);
    await noteHits([plan], host);
    await noteHits([plan], host);
    host.ledger.startRun('run-2');
    await noteHits([plan], host);
    expect((await host.ledger.readHits()).map(({ run }) => run)).toEqual(['run-1', 'run-2']);
  });

  it('books nothing for what an agent was run for in this command', async () => {
    const host = createFakeHost();
    await host.ledger.addPayment(aStart());
    await finished(host);
    await noteHits([plan], host);
    expect(await host.ledger.readHits()).toEqual([]);
  });

  it('knows what is unknown and what is inexact', async () => {
    const host = createFakeHost();
    await finished(host, {
      steps: [
        { ...step, costSource: 'price-list-inexact' },
        { ...step, costUsd: null },
      ],
    });
    await noteHits([plan], host);
    expect(await host.ledger.readHits()).toMatchObject([{ costUsd: null, isInexact: true }]);
  });

  it.each<readonly [string, Partial<RunRecord> | null]>([
    ['was not made', null],
    ['was not finished', { outcome: 'failed' }],
    ['was made outside of Nx', { key: null }],
    ['asked no agent', { steps: [] }],
    ['ran checks alone', { steps: [{ ...step, what: 'checks' }] }],
  ])('books nothing for what %s', async (_, change) => {
    const host = createFakeHost();
    if (change !== null) await finished(host, change);
    await noteHits([plan], host);
    expect(await host.ledger.readHits()).toEqual([]);
  });
});
