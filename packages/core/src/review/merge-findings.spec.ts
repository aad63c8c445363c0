import { aFinding } from './finding.contract.js';
import type { Finding } from './finding.js';
import { agreedConfidence, type MergedFinding, mergeFindings } from './merge-findings.js';

type Change = Partial<Finding>;

/** What codex says and then what claude says, merged. */
function merged(codex: readonly Change[], claude: readonly Change[]): readonly MergedFinding[] {
  return mergeFindings([
    { reviewer: 'codex', vendor: 'codex', findings: codex.map((change) => aFinding(change)) },
    { reviewer: 'claude', vendor: 'claude', findings: claude.map((change) => aFinding(change)) },
  ]);
}

const claims = (findings: readonly MergedFinding[]): readonly string[] =>
  findings.map(({ reviewers }) => [...reviewers].sort().join('+')).sort();

describe('mergeFindings', () => {
  it('makes one finding of the same claim at the same place, as severe as the gravest, surer than each', () => {
    const change = { severity: 'critical', confidence: 0.5, title: 'Null not handled', startLine: 13, endLine: 14, body: 'worse' } as const;
    expect(merged([{ severity: 'medium', body: 'milder' }], [change])).toEqual([
      {
        ...aFinding(change),
        confidence: 0.9,
        reviewers: ['claude', 'codex'],
        statements: [
          { ...aFinding(change), reviewer: 'claude' },
          { ...aFinding({ severity: 'medium', body: 'milder' }), reviewer: 'codex' },
        ],
      },
    ]);
  });

  it.each<readonly [string, Change, Change]>([
    [
      'other words for the same',
      { title: 'Division by zero for an empty list', body: 'When `items` is empty, `items.length` is 0 and the mean is NaN.' },
      { title: 'Empty list divides by zero', body: 'An empty list has `items.length` 0, so the mean becomes NaN.' },
    ],
    ['another order of words', { title: 'Missing await on `save`' }, { title: '`save`: await is missing' }],
    ['another category and the same words', { category: 'security' }, { category: 'correctness' }],
    ['nothing but punctuation in the title', { title: '?!' }, { title: '?!' }],
    ['the same words in Japanese', { title: '入力が空のとき失敗する' }, { title: '入力が空のとき失敗する' }],
  ])('takes for one claim: %s', (_, one, other) => {
    expect(claims(merged([one], [other]))).toEqual(['claude+codex']);
  });

  it.each<readonly [string, Change, Change]>([
    ['another file', {}, { file: 'src/other.ts' }],
    ['a place further away', {}, { startLine: 16, endLine: 16 }],
    ['the file as a whole', { startLine: 1, endLine: 1 }, { startLine: 0, endLine: 0 }],
    ['another claim on the same line', { title: 'Null is not handled' }, { title: 'Missing await on the write' }],
    ['a claim with the same frame', { title: 'Missing await on the write' }, { title: 'Missing error handling on the write' }],
    ['the code that is meant', { title: '`userId` is not checked for null' }, { title: '`orderId` is not checked for null' }],
    [
      'a word, on lines beside each other',
      { title: 'Null check missing for user', endLine: 10 },
      { title: 'Null check missing for order', startLine: 11, endLine: 11 },
    ],
    [
      'a word, with another reason',
      { title: 'Off by one at the loop start', body: 'The first item is skipped.' },
      { title: 'Off by one at the loop end', body: 'It reads past the array.' },
    ],
    [
      'the opposite',
      { title: 'Lock is released twice', body: 'unlock() runs in finally, too.' },
      { title: 'Lock is never released', body: 'An early return leaves it held.' },
    ],
    ['the number', { title: 'A timeout of 30 is short' }, { title: 'A limit of 5 is short' }],
    [
      'the category, with half of the words',
      { category: 'security', title: 'Token is logged in plain text' },
      { category: 'tests', title: 'Token is logged, no test' },
    ],
  ])('keeps two findings apart that differ by %s', (_, one, other) => {
    expect(claims(merged([one], [other]))).toEqual(['claude', 'codex']);
  });

  it('pairs those that are closest, whatever order they are given in', () => {
    const lines = (...at: readonly number[]): readonly Change[] =>
      at.map((line) => ({ startLine: line, endLine: line, body: `at ${line}` }));
    for (const [one, other] of [
      [lines(10, 12), lines(12, 10)],
      [lines(12, 10), lines(12)],
      [lines(13, 10), lines(11, 13)],
    ] as const) {
      const twice = merged(one, other).filter(({ statements }) => statements.length === 2);
      expect(twice).toHaveLength(other.length);
      for (const { statements } of twice)
        expect(Math.abs((statements[0]?.startLine ?? 0) - (statements[1]?.startLine ?? 99))).toBeLessThanOrEqual(1);
    }
  });

  it('never merges what one reviewer said twice: it is no second opinion', () => {
    expect(merged([{}, {}], []).map(({ confidence }) => confidence)).toEqual([0.8, 0.8]);
    expect(claims(merged([{}, {}], [{}]))).toEqual(['claude+codex', 'codex']);
  });

  it('is not surer for two reviewers of one vendor', () => {
    const two = ['strict', 'quick'].map((reviewer) => ({ reviewer, vendor: 'claude', findings: [aFinding()] }));
    expect(mergeFindings(two)).toMatchObject([{ confidence: 0.8, reviewers: ['strict', 'quick'] }]);
  });

  it('loses no word of anybody, however alike they are', () => {
    const titles = ['Null is not handled', 'Null not handled', 'Value can be null', 'Null is not handled here', 'Write is not awaited'];
    const reviews = ['a', 'b', 'c'].map((reviewer, which) => ({
      reviewer,
      vendor: reviewer,
      findings: titles.map((title, at) =>
        aFinding({ title, body: `${reviewer} ${at}`, startLine: 1 + ((at * (which + 1)) % 7), endLine: 9 }),
      ),
    }));
    const statements = mergeFindings(reviews).flatMap((finding) =>
      finding.statements.map(({ reviewer, title, body }) => `${reviewer}|${title}|${body}`),
    );
    const expected = reviews.flatMap(({ reviewer, findings }) => findings.map(({ title, body }) => `${reviewer}|${title}|${body}`));
    expect([...statements].sort()).toEqual(expected.sort());
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
    expect(mergeFindings([{ reviewer: 'codex', vendor: 'codex', findings }]).map(({ title }) => title)).toEqual([
      'zero',
      'one a',
      'one b',
      'two',
      'three',
      'four',
    ]);
  });
});

describe('agreedConfidence', () => {
  it.each([
    ['one alone', [['codex', 0.8]], 0.8],
    ['one alone that is certain', [['nx-fleet', 1]], 1],
    [
      'two vendors',
      [
        ['codex', 0.8],
        ['claude', 0.5],
      ],
      0.9,
    ],
    [
      'three vendors',
      [
        ['codex', 0.5],
        ['claude', 0.5],
        ['gemini', 0.5],
      ],
      0.88,
    ],
    [
      'two of one vendor',
      [
        ['claude', 0.6],
        ['claude', 0.7],
      ],
      0.7,
    ],
    [
      'two of one vendor and one of another',
      [
        ['claude', 0.6],
        ['claude', 0.7],
        ['codex', 0.5],
      ],
      0.85,
    ],
    [
      'two that are nearly certain',
      [
        ['codex', 0.95],
        ['claude', 0.95],
      ],
      0.99,
    ],
    [
      'one that is certain and one that is not',
      [
        ['codex', 1],
        ['claude', 0.2],
      ],
      1,
    ],
    [
      'one that does not believe itself',
      [
        ['codex', 0],
        ['claude', 0.4],
      ],
      0.4,
    ],
  ] as const)('of %s', (_, opinions, expected) => {
    expect(agreedConfidence(opinions.map(([vendor, confidence]) => ({ vendor, confidence })))).toBe(expected);
  });
});
