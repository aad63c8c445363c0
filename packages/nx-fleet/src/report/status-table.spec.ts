import type { IssueStatus } from '@nx-fleet/core';
import { statusTable } from './status-table.js';

const stage = { target: 'agent-plan', state: 'done', durationMs: 1_200, inputTokens: 900, outputTokens: 100, costUsd: 0.5 } as const;
const issue: IssueStatus = {
  project: 'issue-42',
  title: 'Dark mode',
  branch: 'issue/42-dark-mode',
  worktree: '/shop.worktrees/issue-42',
  ports: { PORT: 20_010 },
  database: null,
  stages: [stage],
  verdict: null,
  blockingFindings: 0,
  knownCostUsd: 0.5,
  isCostComplete: true,
};
const row = (change: Partial<IssueStatus>): string => statusTable([{ ...issue, ...change }]).split('\n')[1] ?? '';

describe('the table of the fleet', () => {
  it('shows what stages took and cost', () => {
    expect(row({})).toMatch(/^issue-42 +Dark mode +1\.2 s +1000 +\$0\.50 +- +20010/);
  });

  it('marks a sum with an unknown part, and shows nothing where nothing is known', () => {
    expect(row({ isCostComplete: false })).toContain('≥$0.50');
    expect(row({ isCostComplete: false, knownCostUsd: 0 })).not.toContain('$');
    expect(row({ stages: [{ ...stage, inputTokens: null }] })).not.toContain('1000');
  });

  it('tells the verdict in words', () => {
    expect(row({ verdict: 'request-changes', blockingFindings: 2 })).toContain('changes (2 blocking)');
    expect(row({ verdict: 'approve' })).toContain('approved');
    expect(row({ verdict: 'stale' })).toContain('stale');
  });
});
