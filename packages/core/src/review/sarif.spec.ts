import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { aFinding, aReview } from './finding.contract.js';
import { CATEGORIES, SEVERITIES, type Finding } from './finding.js';
import { renderSarif } from './sarif.js';
import { reachVerdict, type Verdict } from './verdict.js';

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly message: { readonly text: string };
  readonly locations: readonly { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } } }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

interface Log {
  readonly runs: readonly [
    { readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } }; readonly results: readonly Result[] },
  ];
}

const require = createRequire(import.meta.url);
const isSarif = sarifValidator();

function sarifValidator(): (log: unknown) => unknown {
  const file = require.resolve('schemastore/schemas/json/sarif-2.1.0.json');
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  addFormats.default(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(file, 'utf8')) as object);
  return (log) => (validate(log) ? true : validate.errors);
}

function verdictOn(...findings: readonly Partial<Finding>[]): Verdict {
  return reachVerdict([aReview({ findings: findings.map((finding) => aFinding(finding)) })], 'high');
}

/** The log as it is read back from its file, which must be SARIF. */
function logOf(verdict: Verdict): Log {
  const log: unknown = JSON.parse(JSON.stringify(renderSarif(verdict)));
  expect(isSarif(log)).toBe(true);
  return log as Log;
}

function resultsOf(...findings: readonly Partial<Finding>[]): readonly Result[] {
  return logOf(verdictOn(...findings)).runs[0].results;
}

const HOSTILE = [
  '\u001b[31mred\u0007 \u202egnp.exe\u0000',
  '<script>alert(1)</script> &amp; <!--',
  '[Approve](javascript:alert(1)) [1](2)',
  '# h\n| a |\n```\n~~~',
  '{0} {{1}} %s %n',
  '"quotes" \\ \ud800 lone \udfff 🚀',
  '',
  'x'.repeat(500),
];
const PATHS = [
  'with space.ts',
  'ünï/日本.ts',
  '100%.ts',
  '%2e%2e/%00.ts',
  'a#b?c=d&e.ts',
  ':colon',
  'C:/x.ts',
  '//host/x.ts',
  '[id]/{x}.ts',
  'line\nbreak\t"q".ts',
  'lone\ud800.ts',
];

describe('renderSarif', () => {
  it('has one run with a rule for each category, without results when there are no findings', () => {
    const log = logOf(reachVerdict([aReview()], 'high'));
    expect(log).toMatchObject({ version: '2.1.0', runs: [{ tool: { driver: { name: 'nx-fleet' } }, results: [] }] });
    expect(log.runs[0].tool.driver.rules.map(({ id }) => id)).toEqual([...CATEGORIES]);
  });

  it('tells of each finding its rule, its rank, its place and what was said', () => {
    expect(resultsOf({ category: 'security', confidence: 0.85, file: 'src/my app#1.ts', startLine: 3, endLine: 4 })).toMatchObject([
      {
        ruleId: 'security',
        ruleIndex: CATEGORIES.indexOf('security'),
        level: 'error',
        rank: 85,
        message: { text: 'Null is not handled\n\nThe value may be null.\n\nCheck for null.' },
        locations: [{ physicalLocation: { artifactLocation: { uri: 'src/my%20app%231.ts' }, region: { startLine: 3, endLine: 4 } } }],
        properties: { severity: 'high', confidence: 0.85, reviewers: ['codex'], blocking: true },
      },
    ]);
  });

  it('gives no lines for a finding on the file as a whole', () => {
    expect(JSON.stringify(resultsOf({ startLine: 0, endLine: 0 }))).not.toContain('region');
  });

  it.each([
    ['critical', 'error'],
    ['high', 'error'],
    ['medium', 'warning'],
    ['low', 'note'],
  ] as const)('shows %s as %s', (severity, level) => {
    expect(resultsOf({ severity })).toMatchObject([{ level }]);
  });

  it('keeps the words of all who made a finding, and the titles of what was dropped', () => {
    const ungrounded = [{ severity: 'low', title: 'Old [bug](x)', file: 'x.ts', startLine: 1 } as const];
    const other = aFinding({ title: 'Null not handled', body: 'It crashes.' });
    const log = logOf(
      reachVerdict([aReview({ findings: [aFinding()], ungrounded }), aReview({ reviewer: 'claude', findings: [other] })], 'high'),
    );
    expect(log.runs[0].results.map(({ message }) => message.text)).toEqual([
      'Null is not handled\n\nThe value may be null.\n\nCheck for null.\n\nclaude: Null not handled\n\nIt crashes.\n\nCheck for null.',
    ]);
    expect(log.runs[0]).toMatchObject({
      invocations: [{ toolExecutionNotifications: [{ message: { text: 'codex, on no place in the change: Old \\[bug\\](x)' } }] }],
    });
  });

  it.each(['It is meant so.', '', ...HOSTILE])('has a dismissed finding as a suppressed one, with the reason %j', (dismissed) => {
    const verdict = verdictOn({});
    const findings = verdict.findings.map((finding) => ({ ...finding, blocking: false, dismissed }));
    expect(logOf({ ...verdict, findings }).runs[0].results).toMatchObject([
      { suppressions: [{ kind: 'external', status: 'accepted', justification: dismissed }], properties: { blocking: false } },
    ]);
    expect(JSON.stringify(resultsOf({}))).not.toContain('suppressions');
  });

  it.each(HOSTILE)('is SARIF, and shows text as text, with %j', (text) => {
    const [result] = resultsOf({ title: text, body: text, recommendation: text });
    expect(result?.message.text).not.toMatch(/(?<!\\)\[[^\]]*(?<!\\)\]\(/);
    expect(result?.message.text).not.toMatch(/(?<!\{)\{\d+\}(?!\})/);
  });

  it.each(PATHS)('is SARIF, and leads back to the file, with the path %j', (file) => {
    const uri = resultsOf({ file })[0]?.locations[0]?.physicalLocation.artifactLocation.uri ?? '';
    expect(uri).toMatch(/^[\w\-.~!*'()%/]+$/);
    expect(decodeURIComponent(uri)).toBe(file.replace('\ud800', '\ufffd'));
  });

  it('is SARIF with every category and severity, and with lines that are out of order', () => {
    const all = CATEGORIES.flatMap((category) =>
      SEVERITIES.map((severity) => ({ category, severity, startLine: 9, endLine: 1, confidence: 1 / 3 })),
    );
    const results = resultsOf(...all);
    expect(results).toHaveLength(all.length);
    expect(results.every(({ ruleId, ruleIndex }) => CATEGORIES[ruleIndex] === ruleId)).toBe(true);
  });
});

describe('the fingerprint of a finding', () => {
  const prints = (...findings: readonly Partial<Finding>[]): readonly string[] =>
    resultsOf(...findings).map(({ partialFingerprints }) => partialFingerprints['nxFleetFinding/v1'] ?? '');

  it('stays when lines move, and when the reviewer is surer, sterner or wordier', () => {
    const [before] = prints({});
    const changes = [
      { startLine: 90, endLine: 99 },
      { severity: 'low' },
      { confidence: 0.1 },
      { body: 'Other words.' },
      { title: 'null IS not handled.' },
    ] as const;
    expect(changes.flatMap((change) => prints(change))).toEqual(changes.map(() => before));
  });

  it('differs by file, category and title, and between twins', () => {
    const all = prints({}, { file: 'b.ts' }, { category: 'security' }, { title: 'Write is not awaited' }, {}, {});
    expect(new Set(all).size).toBe(6);
  });
});
