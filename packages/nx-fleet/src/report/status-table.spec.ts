import type { IssueStatus } from '@nx-fleet/core';
import { statusTable } from './tables.js';

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
  cost: { runs: 1, knownUsd: 0.5, unknownRuns: 0, isInexact: false },
  spent: { runs: 3, knownUsd: 1.25, unknownRuns: 0, isInexact: false },
};
const row = (change: Partial<IssueStatus>): string => statusTable([{ ...issue, ...change }]).split('\n')[1] ?? '';

describe('the table of the fleet', () => {
  it('shows what stages took and cost', () => {
    expect(row({})).toMatch(/^issue-42 +Dark mode +1\.2 s +1000 +\$0\.50 +\$1\.25 +- +20010/);
  });

  it('marks a sum with an unknown part, and shows nothing where nothing is known', () => {
    expect(row({ cost: { ...issue.cost, runs: 2, unknownRuns: 1 } })).toContain('≥$0.50');
    expect(row({ spent: { ...issue.spent, isInexact: true } })).toContain('~$1.25');
    expect(row({ cost: { ...issue.cost, unknownRuns: 1 } })).toMatch(/ \? +\$1\.25/);
    expect(row({ stages: [{ ...stage, inputTokens: null }] })).not.toContain('1000');
  });

  it('names checks that ran nothing, and that there are none', () => {
    const validate = { ...stage, target: 'agent-validate' };
    expect(row({ stages: [{ ...validate, checks: '1 check ran nothing: "nx affected"' }] })).toContain(
      '1.2 s, 1 check ran nothing: "nx affected"',
    );
    expect(row({ stages: [{ ...validate, checks: 'no checks are configured' }] })).toContain('1.2 s, no checks are configured');
  });

  it('tells the verdict in words', () => {
    expect(row({ verdict: 'request-changes', blockingFindings: 2 })).toContain('changes (2 blocking)');
    expect(row({ verdict: 'approve' })).toContain('approved');
    expect(row({ verdict: 'stale' })).toContain('stale');
  });
});
