import type { ChangedFile } from '../git/git.js';
import { aFinding } from './finding.contract.js';
import { groundFindings, reviewAnswerSchema } from './review.js';

function changed(...paths: readonly string[]): readonly ChangedFile[] {
  return paths.map((path) => ({ path, kind: 'modified', binary: false }));
}

describe('reviewAnswerSchema', () => {
  it('takes an approval without findings, and no request for changes without one', () => {
    expect(reviewAnswerSchema.safeParse({ verdict: 'approve', summary: '', findings: [] }).success).toBe(true);
    expect(reviewAnswerSchema.safeParse({ verdict: 'request-changes', summary: '', findings: [] }).success).toBe(false);
    expect(reviewAnswerSchema.safeParse({ verdict: 'request-changes', summary: '', findings: [aFinding()] }).success).toBe(true);
  });

  it('takes no severity of its own making', () => {
    const findings = [{ ...aFinding(), severity: 'blocker' }];
    expect(reviewAnswerSchema.safeParse({ verdict: 'approve', summary: '', findings }).success).toBe(false);
  });
});

describe('groundFindings', () => {
  it('keeps what names a changed file and counts the rest', () => {
    const { grounded, ungrounded } = groundFindings(
      [aFinding(), aFinding({ file: 'src/other.ts' }), aFinding({ file: '' })],
      changed('src/app.ts'),
    );
    expect(grounded.map(({ file }) => file)).toEqual(['src/app.ts']);
    expect(ungrounded).toBe(2);
  });

  it.each([
    ['./src/app.ts', 'src/app.ts'],
    ['a/src/app.ts', 'src/app.ts'],
    ['b/README.md', 'README.md'],
    ['a/own.ts', 'a/own.ts'],
  ])('finds %s as %s', (file, path) => {
    expect(
      groundFindings([aFinding({ file })], changed('src/app.ts', 'README.md', 'a/own.ts')).grounded.map((finding) => finding.file),
    ).toEqual([path]);
  });

  it.each(['../src/app.ts', '/src/app.ts', 'src/APP.ts', 'src/app.ts:10'])('does not guess what %s means', (file) => {
    expect(groundFindings([aFinding({ file })], changed('src/app.ts')).ungrounded).toBe(1);
  });

  it('brings numbers into their ranges', () => {
    const wild = [aFinding({ confidence: 95, startLine: -3, endLine: -9 }), aFinding({ confidence: -1, startLine: 7.9, endLine: 2 })];
    expect(groundFindings(wild, changed('src/app.ts')).grounded).toMatchObject([
      { confidence: 1, startLine: 0, endLine: 0 },
      { confidence: 0, startLine: 7, endLine: 7 },
    ]);
  });

  it('makes the text printable, and the title one line', () => {
    const wild = aFinding({ title: 'a\n# b\u001b[31m', body: '\u202ebody\u0007\nmore ', recommendation: '\u001b]0;x\u0007do' });
    expect(groundFindings([wild], changed('src/app.ts')).grounded).toMatchObject([
      { title: 'a # b', body: 'body\nmore', recommendation: 'do' },
    ]);
  });
});
