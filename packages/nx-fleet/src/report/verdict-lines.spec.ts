import type { Verdict } from '@nx-fleet/core';
import { verdictLines } from './verdict-lines.js';

const words = { category: 'security', confidence: 0.9, body: '', recommendation: '', file: 'src/a.ts', startLine: 3, endLine: 3 } as const;

function aVerdict(change: Partial<Verdict> = {}): Verdict {
  const trees = { tree: 'a'.repeat(40), baseTree: 'b'.repeat(40) };
  return { $schema: '', version: 1, verdict: 'approve', blockOn: 'high', ...trees, reviewers: [], findings: [], ...change };
}

describe('a verdict on the terminal', () => {
  it.each([
    [undefined, []],
    [[{ command: 'lint', outcome: 'passed' }], []],
    [[], ['Checks: no checks are configured']],
    [[{ command: 'nx affected', outcome: 'ran-nothing' }], ['Checks: 1 check ran nothing: "nx affected"']],
  ] as const)('names checks only where not all have passed: %j', (checks, lines) => {
    const verdict = aVerdict(checks === undefined ? {} : { checks: [...checks] });
    expect(verdictLines(verdict)).toEqual([...lines, 'Verdict: approved']);
  });

  it('has a line for each reviewer, each finding and each dropped remark, and counts what blocks', () => {
    const verdict = aVerdict({
      verdict: 'request-changes',
      reviewers: [
        {
          reviewer: 'codex',
          vendor: 'codex',
          model: null,
          verdict: 'request-changes',
          summary: 'No\u001b[31m.\nNever.',
          ungrounded: [{ severity: 'high', title: 'Old \u0007hole', file: 'x.ts', startLine: 1, blocking: true }],
        },
      ],
      findings: [
        { ...words, severity: 'critical', title: 'SQL\ninjection', reviewers: ['codex', 'claude'], statements: [], blocking: true },
        { ...words, severity: 'low', title: 'A name', startLine: 0, reviewers: ['claude'], statements: [], blocking: false },
        { ...words, severity: 'high', title: 'Meant so', reviewers: ['claude'], statements: [], blocking: false, dismissed: 'It is.' },
      ],
    });
    expect(verdictLines(verdict)).toEqual([
      'codex: request-changes. No. Never.',
      'BLOCKS  high      Old hole  (names no place in the change)',
      'BLOCKS  critical  src/a.ts:3  SQL injection  [codex, claude]',
      'note    low       src/a.ts  A name  [claude]',
      'silent  high      src/a.ts:3  Meant so  [claude]',
      'Verdict: changes requested, 2 blocking findings',
    ]);
  });

  it('names files that no reviewer got the lines of', () => {
    const unread = [{ path: 'yarn.lock', added: 900, removed: 3, reason: 'review.exclude: yarn.lock' }];
    expect(verdictLines(aVerdict({ unread }))).toEqual([
      "Not in the reviewers' prompt: 1 file: yarn.lock (+900 -3 lines, review.exclude: yarn.lock)",
      'Verdict: approved',
    ]);
  });

  it('says so when it approves', () => {
    expect(verdictLines(aVerdict())).toEqual(['Verdict: approved']);
  });
});
