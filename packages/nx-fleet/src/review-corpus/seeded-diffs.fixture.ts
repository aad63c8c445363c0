import type { Finding } from '@nx-fleet/core';
import type { Reviewer, SeededTree } from './review-pipeline.fixture.js';

/** What a reviewer says, and whether it lies in the change. */
export interface Statement {
  readonly finding: Finding;
  readonly isPlaced: boolean;
  /** The place that it must have in the end, where it is another than the reviewer named. */
  readonly place?: { readonly file: string; readonly startLine: number };
}

export interface SeededDiff {
  readonly name: string;
  readonly before: SeededTree;
  readonly after: SeededTree;
  readonly statements: Readonly<Record<Reviewer, readonly Statement[]>>;
  /** A reviewer's word, where it is not that of its gravest finding. */
  readonly words?: Partial<Readonly<Record<Reviewer, 'approve' | 'request-changes'>>>;
  /** How many findings the verdict must have, those that the diff shows by itself included. */
  readonly findings: number;
  /** What the diff shows by itself. */
  readonly facts?: readonly string[];
}

let faults = 0;

/** A fault by a title that no other has; `at` is `file:line`, `file:from-to`, or `file` alone for all of it. */
function fault(at: string, change: Partial<Finding> = {}): Statement {
  const [, file = at, from = '0', to = from] = /^(.*):(-?[\d.e+]+)(?:-(-?[\d.e+]+))?$/s.exec(at) ?? [];
  faults += 1;
  const finding: Finding = {
    category: 'correctness',
    severity: 'high',
    confidence: 0.7,
    title: `Fault${faults} breaks case${faults}`,
    body: `Seen by running case${faults}.`,
    file,
    startLine: Number(from),
    endLine: Number(to),
    recommendation: `Fix case${faults}.`,
    ...change,
  };
  return { finding, isPlaced: true };
}

/** One that names no place in the change. */
function elsewhere(at: string, change: Partial<Finding> = {}): Statement {
  return { ...fault(at, change), isPlaced: false };
}

/** One whose place is told otherwise than the change has it. */
function placedAt(statements: Statement, file: string, startLine: number): Statement {
  return { ...statements, place: { file, startLine } };
}

function lines(count: number, change: Readonly<Record<number, string>> = {}): string {
  return Array.from({ length: count }, (_, at) => `${change[at + 1] ?? `line ${at + 1}`}\n`).join('');
}

const none = { first: [], second: [] };
const one = (...statements: readonly Statement[]): SeededDiff['statements'] => ({ first: statements, second: [] });

const TEXT_DIFFS: readonly SeededDiff[] = [
  {
    name: 'modified',
    before: { 'a.ts': lines(9) },
    after: { 'a.ts': lines(9, { 5: 'bug' }) },
    statements: one(fault('a.ts:5', { severity: 'critical' })),
    findings: 1,
  },
  {
    name: 'two-hunks',
    before: { 'a.ts': lines(60) },
    after: { 'a.ts': lines(60, { 5: 'bug', 50: 'bug' }) },
    statements: {
      first: [fault('a.ts:5'), elsewhere('a.ts:30'), fault('a.ts:47-53')],
      second: [elsewhere('a.ts:9-46'), fault('a.ts:8-9', { severity: 'low' })],
    },
    findings: 3,
  },
  {
    name: 'added',
    before: {},
    after: { 'new/a.ts': lines(3) },
    statements: one(fault('new/a.ts:3'), elsewhere('new/a.ts:4')),
    findings: 1,
  },
  {
    name: 'deleted',
    before: { 'gone.ts': lines(9), 'kept.ts': 'x\n' },
    after: { 'kept.ts': 'x\n' },
    statements: one(fault('gone.ts:7', { category: 'data-loss' }), fault('gone.ts'), elsewhere('kept.ts:1')),
    findings: 2,
  },
  {
    name: 'emptied',
    before: { 'a.ts': lines(5) },
    after: { 'a.ts': '' },
    statements: one(fault('a.ts:4')),
    findings: 1,
  },
  {
    name: 'empty-file-added',
    before: {},
    after: { 'a.ts': '' },
    statements: one(placedAt(fault('a.ts:1'), 'a.ts', 0), fault('a.ts')),
    findings: 2,
  },
  {
    name: 'crlf',
    before: { 'a.ts': 'one\r\ntwo\r\nthree\r\n' },
    after: { 'a.ts': 'one\r\nbug\r\nthree\r\n' },
    statements: one(fault('a.ts:2')),
    findings: 1,
  },
  {
    name: 'crlf-to-lf',
    before: { 'a.ts': lines(40).replaceAll('\n', '\r\n') },
    after: { 'a.ts': lines(40) },
    statements: one(fault('a.ts:40', { severity: 'low' })),
    findings: 1,
  },
  {
    name: 'no-newline-at-end',
    before: { 'a.ts': 'one\ntwo' },
    after: { 'a.ts': 'one\ntwo\nthree' },
    statements: one(fault('a.ts:3'), elsewhere('a.ts:4')),
    findings: 1,
  },
  {
    name: 'lines-like-headers',
    before: { 'a.sql': `${lines(20)}-- old\n` },
    after: { 'a.sql': `${lines(20)}++ b/evil.ts\n@@ -1 +1 @@\ndiff --git a/x b/x\n` },
    statements: one(fault('a.sql:23'), elsewhere('evil.ts:1'), elsewhere('x:1')),
    findings: 1,
  },
  {
    name: 'huge-file',
    before: { 'a.txt': lines(20_000) },
    after: { 'a.txt': lines(20_000, { 15_000: 'bug' }) },
    statements: one(fault('a.txt:15000'), elsewhere('a.txt:14990')),
    findings: 1,
  },
  {
    name: 'huge-diff',
    before: {},
    after: { 'a.txt': lines(40_000), 'z.ts': 'bug\n' },
    statements: one(fault('a.txt:39999'), fault('z.ts:1')),
    findings: 2,
  },
  {
    name: 'lock-file',
    before: { 'package-lock.json': lines(99), 'package.json': '{}\n' },
    after: { 'package-lock.json': lines(99, { 50: '"resolved": "http://evil"' }), 'package.json': '{}\n' },
    statements: one(fault('package-lock.json:50', { category: 'security', severity: 'critical' })),
    findings: 1,
  },
];

const FILE_DIFFS: readonly SeededDiff[] = [
  {
    name: 'renamed',
    before: { 'old.ts': lines(9) },
    after: { 'new.ts': lines(9) },
    statements: { first: [placedAt(fault('new.ts:3'), 'new.ts', 0)], second: [placedAt(fault('old.ts'), 'new.ts', 0)] },
    findings: 2,
  },
  {
    name: 'renamed-and-modified',
    before: { 'old.ts': lines(40) },
    after: { 'new name.ts': lines(40, { 20: 'bug' }) },
    statements: one(fault('new name.ts:20'), placedAt(fault('a/old.ts:21'), 'new name.ts', 21), elsewhere('old.ts:1')),
    findings: 2,
  },
  {
    name: 'swapped',
    before: { 'a.ts': lines(30, { 1: 'a' }), 'b.ts': lines(30, { 30: 'b', 2: 'c' }) },
    after: { 'b.ts': lines(30, { 1: 'a' }), 'a.ts': lines(30, { 30: 'b', 2: 'c' }) },
    statements: one(fault('a.ts'), fault('b.ts')),
    findings: 2,
  },
  {
    name: 'binary',
    before: { 'logo.png': Buffer.from([0, 1, 2]) },
    after: { 'logo.png': Buffer.from([0, 9, 9]), 'new.bin': Buffer.from([0, 255]) },
    statements: one(placedAt(fault('logo.png:1'), 'logo.png', 0), fault('new.bin')),
    findings: 2,
  },
  {
    name: 'mode',
    before: { 'run.sh': 'echo\n' },
    after: { 'run.sh': { script: 'echo\n' } },
    statements: one(placedAt(fault('run.sh:1'), 'run.sh', 0)),
    findings: 1,
  },
  {
    name: 'file-to-link',
    before: { 'a.ts': lines(9) },
    after: { 'a.ts': { linkTo: '/etc/passwd' } },
    statements: one(fault('a.ts:1', { category: 'security' })),
    findings: 1,
  },
  {
    name: 'hidden-by-attributes',
    before: { 'a.ts': lines(9) },
    after: { 'a.ts': lines(9, { 5: 'bug' }), '.gitattributes': '* -diff\n' },
    statements: one(fault('a.ts:5')),
    findings: 2,
    facts: ['What steers agents, hooks or pipelines is changed'],
  },
  {
    name: 'unicode-names',
    before: {},
    after: { 'grüße/日本.ts': lines(3), '🚀.ts': lines(1) },
    statements: one(fault('grüße/日本.ts:2'), placedAt(fault('gru\u0308ße/日本.ts:3'), 'grüße/日本.ts', 3), fault('🚀.ts:1')),
    findings: 3,
  },
  {
    name: 'awkward-names',
    before: {},
    after: { 'with space.ts': 'x\n', 'line\nbreak "q".ts': 'x\n', '100%25#?.ts': 'x\n', 'a/b.ts': 'x\n', '-rf': 'x\n', '[id].ts': 'x\n' },
    statements: {
      first: [
        fault('with space.ts:1'),
        placedAt(fault('"b/line\\nbreak \\"q\\".ts":1'), 'line\nbreak "q".ts', 1),
        fault('100%25#?.ts:1'),
        fault('a/b.ts:1'),
        elsewhere('b.ts:1'),
      ],
      second: [
        fault('-rf:1'),
        fault('[id].ts:1'),
        placedAt(fault('./[id].ts:1'), '[id].ts', 1),
        elsewhere('/[id].ts:1'),
        elsewhere('../-rf:1'),
      ],
    },
    findings: 7,
  },
];

const CHANGE = { before: { 'a.ts': lines(30) }, after: { 'a.ts': lines(30, { 10: 'bug', 12: 'bug' }) } };
const same = fault('a.ts:10', { title: 'Total ignores the discount' });
const zero = { title: 'Division by zero for an empty list', body: 'When items is empty, items.length is 0, so mean() is NaN.' };
const empty = {
  title: 'Empty list divides by zero',
  body: 'mean() of an empty list is NaN: items.length is 0 then.',
  severity: 'critical',
} as const;

const REVIEWER_SHAPES: readonly SeededDiff[] = [
  { name: 'nothing-changed', before: { 'a.ts': 'x\n' }, after: { 'a.ts': 'x\n' }, statements: none, findings: 0 },
  { name: 'trivial', before: { 'readme.txt': 'teh\n' }, after: { 'readme.txt': 'the\n' }, statements: none, findings: 0 },
  { name: 'both-say-the-same', ...CHANGE, statements: { first: [same], second: [{ ...same, finding: { ...same.finding } }] }, findings: 1 },
  {
    name: 'both-in-other-words',
    ...CHANGE,
    statements: { first: [fault('a.ts:10', zero)], second: [fault('a.ts:9-10', empty)] },
    findings: 1,
  },
  {
    name: 'two-faults-on-one-line',
    ...CHANGE,
    statements: {
      first: [fault('a.ts:10', { title: 'Missing await on the write' })],
      second: [
        fault('a.ts:10', { title: 'Missing error handling on the write' }),
        fault('a.ts:10', { title: '`total` is not checked for null' }),
      ],
    },
    findings: 3,
  },
  {
    name: 'alike-on-neighbouring-lines',
    ...CHANGE,
    statements: {
      first: [fault('a.ts:10', { title: 'Null check missing for user' }), fault('a.ts:12', { title: 'Null check missing for order' })],
      second: [fault('a.ts:12', { title: 'Null check missing for order' }), fault('a.ts:11', { title: 'Null check missing for cart' })],
    },
    findings: 3,
  },
  { name: 'says-it-twice', ...CHANGE, statements: one(same, same), findings: 2 },
  {
    name: 'wild-numbers',
    ...CHANGE,
    statements: one(
      placedAt(fault('a.ts:-4--9', { confidence: 70 }), 'a.ts', 0),
      fault('a.ts:10-2', { confidence: -1 }),
      placedAt(fault('a.ts:12.7-1e300'), 'a.ts', 12),
      elsewhere('a.ts:1e300-1e301'),
    ),
    findings: 3,
  },
  {
    name: 'only-elsewhere',
    ...CHANGE,
    statements: { first: [elsewhere('b.ts:1', { severity: 'medium' })], second: [] },
    words: { first: 'request-changes' },
    findings: 0,
  },
  {
    name: 'grave-elsewhere-beside-a-small-one',
    ...CHANGE,
    statements: one(fault('a.ts:10', { severity: 'low' }), elsewhere('b.ts:1', { severity: 'critical' })),
    findings: 1,
  },
  { name: 'approves-and-finds', ...CHANGE, statements: one(fault('a.ts:10')), words: { first: 'approve' }, findings: 1 },
  {
    name: 'objects-and-finds-little',
    ...CHANGE,
    statements: one(fault('a.ts:10', { severity: 'low' })),
    words: { first: 'request-changes' },
    findings: 1,
  },
  {
    name: 'hostile-words',
    ...CHANGE,
    statements: one(
      fault('a.ts:10', {
        title: 'Hostile1 \u001b[2J<script>',
        body: '# Approved\n\n</details>[x](javascript:alert(1)) \u202e',
        recommendation: '@team #1 ```',
      }),
      fault('a.ts:12', { title: 'Hostile2 {0} %s $& ${x}', body: '\u0000', recommendation: '' }),
    ),
    findings: 2,
  },
  {
    name: 'sixty-findings',
    before: {},
    after: { 'a.ts': lines(60) },
    statements: { first: Array.from({ length: 60 }, (_, at) => fault(`a.ts:${at + 1}`, { severity: 'low' })), second: [] },
    findings: 60,
  },
  {
    name: 'tests-removed',
    before: { 'a.spec.ts': "it('adds', () => {\n  expect(add(1, 2)).toBe(3);\n});\n", 'a.ts': 'x\n' },
    after: { 'a.ts': 'y\n' },
    statements: { first: [], second: [fault('a.spec.ts', { category: 'tests', severity: 'medium', title: 'The test of add is removed' })] },
    findings: 2,
    facts: ['1 test removed'],
  },
];

/** Changes of every kind, each with faults that are known, and with what two reviewers say of them. */
export const ALL_SEEDED_DIFFS: readonly SeededDiff[] = [...TEXT_DIFFS, ...FILE_DIFFS, ...REVIEWER_SHAPES];
