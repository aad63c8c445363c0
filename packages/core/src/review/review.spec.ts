import type { ChangedFile } from '../git/git.js';
import { aFinding } from './finding.contract.js';
import type { Finding } from './finding.js';
import { groundFindings, reviewAnswerSchema } from './review.js';

/** Each file changed from its first line to its twentieth. */
function ground(findings: readonly Finding[], ...paths: readonly string[]): ReturnType<typeof groundFindings> {
  const diffs = paths.map((path) => ({ path, hunks: [{ start: 1, end: 20 }], added: [], removed: [] }));
  return groundFindings(findings, changed(...paths), diffs);
}

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
    const { grounded, ungrounded } = ground([aFinding(), aFinding({ file: 'src/other.ts' }), aFinding({ file: '' })], 'src/app.ts');
    expect(grounded.map(({ file }) => file)).toEqual(['src/app.ts']);
    expect(ungrounded).toBe(2);
  });

  it.each([
    ['./src/app.ts', 'src/app.ts'],
    ['a/src/app.ts', 'src/app.ts'],
    ['b/README.md', 'README.md'],
    ['a/own.ts', 'a/own.ts'],
  ])('finds %s as %s', (file, path) => {
    expect(ground([aFinding({ file })], 'src/app.ts', 'README.md', 'a/own.ts').grounded.map((finding) => finding.file)).toEqual([path]);
  });

  it.each(['../src/app.ts', '/src/app.ts', 'src/APP.ts', 'src/app.ts:10'])('does not guess what %s means', (file) => {
    expect(ground([aFinding({ file })], 'src/app.ts').ungrounded).toBe(1);
  });

  it('brings numbers into their ranges', () => {
    const wild = [aFinding({ confidence: 95, startLine: -3, endLine: -9 }), aFinding({ confidence: -1, startLine: 7.9, endLine: 2 })];
    expect(ground(wild, 'src/app.ts').grounded).toMatchObject([
      { confidence: 1, startLine: 0, endLine: 0 },
      { confidence: 0, startLine: 7, endLine: 7 },
    ]);
  });

  it('makes the text printable, and the title one line', () => {
    const wild = aFinding({ title: 'a\n# b\u001b[31m', body: '\u202ebody\u0007\nmore ', recommendation: '\u001b]0;x\u0007do' });
    expect(ground([wild], 'src/app.ts').grounded).toMatchObject([{ title: 'a # b', body: 'body\nmore', recommendation: 'do' }]);
  });

  it.each([
    [9, 9, false],
    [8, 10, true],
    [12, 12, true],
    [14, 99, true],
    [15, 15, false],
    [0, 0, true],
  ])('keeps lines %i to %i of a file with a hunk from 10 to 14: %s', (startLine, endLine, isKept) => {
    const diffs = [{ path: 'src/app.ts', hunks: [{ start: 10, end: 14 }], added: [], removed: [] }];
    const { grounded } = groundFindings([aFinding({ startLine, endLine })], changed('src/app.ts'), diffs);
    expect(grounded.length === 1).toBe(isKept);
  });

  it('keeps any line of a file that is gone, and none of a file without text', () => {
    const gone = [{ path: 'src/app.ts', hunks: [{ start: 0, end: 0 }], added: [], removed: ['x'] }];
    expect(groundFindings([aFinding()], changed('src/app.ts'), gone).ungrounded).toBe(0);
    expect(groundFindings([aFinding()], changed('src/app.ts'), []).ungrounded).toBe(1);
  });
});
