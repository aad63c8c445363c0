import type { ChangedFile } from '../git/git.js';
import type { FileDiff } from './file-diff.js';
import { aFinding } from './finding.contract.js';
import type { Finding } from './finding.js';
import { groundFindings } from './ground-findings.js';

function changed(...paths: readonly string[]): readonly ChangedFile[] {
  return paths.map((path) => ({ path, kind: 'modified', binary: false }));
}

function aDiff(path: string, change: Partial<FileDiff> = {}): FileDiff {
  return { path, from: null, hunks: [{ start: 1, end: 20 }], added: [], removed: [], ...change };
}

/** Each file changed from its first line to its twentieth. */
function ground(findings: readonly Finding[], ...paths: readonly string[]): ReturnType<typeof groundFindings> {
  return groundFindings(findings, { changed: changed(...paths), diffs: paths.map((path) => aDiff(path)) });
}

const filesOf = ({ grounded }: ReturnType<typeof groundFindings>): readonly string[] => grounded.map(({ file }) => file);

describe('groundFindings', () => {
  it('keeps what names a changed file, and says what else was named', () => {
    const elsewhere = aFinding({ file: 'src/other.ts\u001b[31m', title: 'Else\nwhere', severity: 'low' });
    const found = ground([aFinding(), elsewhere, aFinding({ file: '', startLine: 0 })], 'src/app.ts');
    expect(filesOf(found)).toEqual(['src/app.ts']);
    expect(found.ungrounded).toEqual([
      { severity: 'low', title: 'Else where', file: 'src/other.ts', startLine: 10 },
      { severity: 'high', title: 'Null is not handled', file: '', startLine: 0 },
    ]);
  });

  it.each([
    ['./src/app.ts', 'src/app.ts'],
    ['a/src/app.ts', 'src/app.ts'],
    ['b/README.md', 'README.md'],
    ['a/own.ts', 'a/own.ts'],
    ['"b/line\\nbreak.ts"', 'line\nbreak.ts'],
    ['u\u0308ber.ts', 'über.ts'],
  ])('finds %j as %j', (file, path) => {
    expect(filesOf(ground([aFinding({ file })], 'src/app.ts', 'README.md', 'a/own.ts', 'line\nbreak.ts', 'über.ts'))).toEqual([path]);
  });

  it.each(['../src/app.ts', '/src/app.ts', 'src/APP.ts', 'src/app.ts:10', 'app.ts'])('does not guess what %s means', (file) => {
    expect(ground([aFinding({ file })], 'src/app.ts').ungrounded).toHaveLength(1);
  });

  it('finds a renamed file by the name it had, unless another file has it now', () => {
    const diffs = [aDiff('new.ts', { from: 'old.ts' })];
    expect(filesOf(groundFindings([aFinding({ file: 'old.ts' })], { changed: changed('new.ts'), diffs }))).toEqual(['new.ts']);
    const both = { changed: changed('new.ts', 'old.ts'), diffs: [...diffs, aDiff('old.ts')] };
    expect(filesOf(groundFindings([aFinding({ file: 'old.ts' })], both))).toEqual(['old.ts']);
  });

  it('brings numbers into their ranges', () => {
    const wild = [
      aFinding({ confidence: 95, startLine: -3, endLine: 9 }),
      aFinding({ confidence: -1, startLine: 7.9, endLine: 2 }),
      aFinding({ startLine: 5, endLine: 1e300 }),
    ];
    expect(ground(wild, 'src/app.ts').grounded).toMatchObject([
      { confidence: 1, startLine: 0, endLine: 0 },
      { confidence: 0, startLine: 7, endLine: 7 },
      { startLine: 5, endLine: Number.MAX_SAFE_INTEGER },
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
    const diffs = [aDiff('src/app.ts', { hunks: [{ start: 10, end: 14 }] })];
    const { grounded } = groundFindings([aFinding({ startLine, endLine })], { changed: changed('src/app.ts'), diffs });
    expect(grounded.length === 1).toBe(isKept);
  });

  it('keeps any line of a file that is gone', () => {
    const diffs = [aDiff('src/app.ts', { hunks: [{ start: 0, end: 0 }], removed: ['x'] })];
    expect(groundFindings([aFinding()], { changed: changed('src/app.ts'), diffs }).grounded).toEqual([aFinding()]);
  });

  it('takes a finding in a file that has no lines in the diff for one on the file', () => {
    const onFile = [aFinding({ startLine: 0, endLine: 0 })];
    expect(groundFindings([aFinding()], { changed: changed('src/app.ts'), diffs: [] }).grounded).toEqual(onFile);
    const diffs = [aDiff('src/app.ts', { from: 'old.ts', hunks: [] })];
    expect(groundFindings([aFinding()], { changed: changed('src/app.ts'), diffs }).grounded).toEqual(onFile);
  });
});
