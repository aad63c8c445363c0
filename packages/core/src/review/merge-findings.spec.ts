import { aFinding } from './finding.contract.js';
import { mergeFindings } from './merge-findings.js';

describe('mergeFindings', () => {
  it('makes one finding of the same claim at the same place, as severe as the worse, surer than each', () => {
    const merged = mergeFindings([
      { reviewer: 'codex', findings: [aFinding({ severity: 'medium', confidence: 0.8, body: 'milder' })] },
      {
        reviewer: 'claude',
        findings: [
          aFinding({ severity: 'critical', confidence: 0.5, title: 'Null not handled', startLine: 13, endLine: 14, body: 'worse' }),
        ],
      },
    ]);
    expect(merged).toEqual([
      {
        ...aFinding({ severity: 'critical', title: 'Null not handled', startLine: 13, endLine: 14, body: 'worse' }),
        confidence: 0.9,
        reviewers: ['codex', 'claude'],
      },
    ]);
  });

  it.each([
    ['another file', { file: 'src/other.ts' }],
    ['a place further away', { startLine: 16, endLine: 16 }],
    ['another claim', { title: 'Missing await on the write' }],
  ])('keeps two findings apart that differ by %s', (_, change) => {
    const merged = mergeFindings([
      { reviewer: 'codex', findings: [aFinding()] },
      { reviewer: 'claude', findings: [aFinding(change)] },
    ]);
    expect(merged.map(({ reviewers }) => reviewers)).toEqual(expect.arrayContaining([['codex'], ['claude']]));
  });

  it('never merges what one reviewer said twice: it is no second opinion', () => {
    const merged = mergeFindings([{ reviewer: 'codex', findings: [aFinding(), aFinding()] }]);
    expect(merged.map(({ confidence }) => confidence)).toEqual([0.8, 0.8]);
  });

  it('stands the worst first, then the surest, then by place', () => {
    const findings = [
      aFinding({ severity: 'low', title: 'four' }),
      aFinding({ severity: 'high', confidence: 0.2, title: 'three' }),
      aFinding({ severity: 'high', confidence: 0.9, file: 'src/b.ts', title: 'two' }),
      aFinding({ severity: 'high', confidence: 0.9, file: 'src/a.ts', startLine: 9, title: 'one b' }),
      aFinding({ severity: 'high', confidence: 0.9, file: 'src/a.ts', startLine: 2, title: 'one a' }),
      aFinding({ severity: 'critical', confidence: 0.1, title: 'zero' }),
    ];
    expect(mergeFindings([{ reviewer: 'codex', findings }]).map(({ title }) => title)).toEqual([
      'zero',
      'one a',
      'one b',
      'two',
      'three',
      'four',
    ]);
  });
});
