import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { createHost } from '@nx-fleet/host';
import type { Payment } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';
import { reportExecutor } from './executor.js';
import type { ReportExecutorSchema } from './schema.js';
import { useShownOutput, writtenBy } from '../shown-output.fixture.js';

const { root, lines } = useShownOutput();

async function report(options: ReportExecutorSchema, currentWorktree = root()): Promise<boolean> {
  const host = {
    ...createHost({ workspaceRoot: root(), env: {}, registryDirectory: join(root(), 'registry') }),
    now: () => new Date('2026-01-10'),
  };
  const git = { locate: async () => ({ mainWorktree: root(), currentWorktree, commonDirectory: `${root()}/.git` }) };
  const stage = { project: 'issue-42', target: 'agent-plan', key: 'key', agent: 'claude', model: 'opus', owner: host.registry.self };
  const payments: readonly Payment[] = [
    { kind: 'start', id: 'a', at: '2026-01-01T00:00:00.000Z', run: 'r', ...stage },
    { kind: 'end', id: 'a', at: '2026-01-01T00:01:00.000Z', ended: 'completed', costUsd: 1, costSource: 'agent', usage: [] },
    { kind: 'start', id: 'b', at: '2026-01-09T00:00:00.000Z', run: 'r', ...stage },
    { kind: 'end', id: 'b', at: '2026-01-09T00:01:00.000Z', ended: 'completed', costUsd: 0.5, costSource: 'agent', usage: [] },
  ];
  for (const payment of payments) await host.ledger.addPayment(payment);
  const { success } = await reportExecutor(
    options,
    { root: root(), projectName: 'fleet' } as ExecutorContext,
    { git, host } as unknown as Adapters,
  );
  return success;
}

describe('fleet:report', () => {
  it('prints tables', async () => {
    expect(await report({})).toBe(true);
    expect(lines().join('\n')).toMatch(/issue-42 +agent-plan +2 .+\$1\.50/);
  });

  it('counts from a time', async () => {
    expect(await report({ since: '7d' })).toBe(true);
    expect(lines().join('\n')).toMatch(/issue-42 +agent-plan +1 .+\$0\.50/);
  });

  it('prints JSON on one line, and nothing else', async () => {
    const output = await writtenBy(async () => expect(await report({ json: true, since: '2026-01-05' })).toBe(true));
    expect(output.split('\n')).toHaveLength(2);
    expect(JSON.parse(output)).toMatchObject({ total: { runs: 1, knownUsd: 0.5 }, saved: { runs: 0 } });
    expect(lines()).toEqual([]);
  });

  it('refuses what is no time, and a linked worktree, in one line', async () => {
    expect(await report({ since: 'soon' })).toBe(false);
    expect(await report({}, '/linked')).toBe(false);
    expect(lines()).toEqual([expect.stringContaining('"soon" is not a time'), expect.stringContaining('is a linked worktree')]);
  });
});
