import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { printable, printableLine, type Finding, type GateSettings, type Verdict } from '@nx-fleet/core';
import { createReviewPipeline, REVIEWERS, type Reviewer, type ReviewPipeline, type SeededIssue } from './review-pipeline.fixture.js';
import { ALL_SEEDED_DIFFS, type Statement, type SeededDiff } from './seeded-diffs.fixture.js';

const require = createRequire(import.meta.url);
const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
const OTHER_GATES = ['critical', 'medium', 'low', 'none'] as const;

/** Otherwise one of eight, and those that a test of their own is about. */
const TESTS_ALL = process.env['NX_FLEET_TEST_ALL'] === '1';
const OWN_TESTS = ['nothing-changed', 'huge-diff', 'both-in-other-words', 'hostile-words', 'tests-removed'];
const SEEDED_DIFFS = ALL_SEEDED_DIFFS.filter(({ name }, index) => TESTS_ALL || index % 8 === 0 || OWN_TESTS.includes(name));

const readJson = (file: string): object => JSON.parse(readFileSync(file, 'utf8')) as object;
const published = (name: string): object => readJson(join(import.meta.dirname, '..', '..', 'schemas', `${name}.schema.json`));

const isVerdict = new Ajv2020({ strict: false }).compile(published('verdict'));
const isReview = new Ajv2020({ strict: false }).compile(published('review'));
const isSarif = sarifValidator();

function sarifValidator(): ValidateFunction {
  const ajv = new Ajv({ strict: false, unicodeRegExp: false });
  addFormats.default(ajv);
  return ajv.compile(readJson(require.resolve('schemastore/schemas/json/sarif-2.1.0.json')));
}

function faultsOf(isValid: ValidateFunction, text: string): unknown {
  return isValid(JSON.parse(text)) ? null : isValid.errors;
}

function wordOf({ statements, words }: SeededDiff, reviewer: Reviewer): 'approve' | 'request-changes' {
  const isGrave = statements[reviewer].some(({ finding }) => finding.severity === 'critical' || finding.severity === 'high');
  return words?.[reviewer] ?? (isGrave ? 'request-changes' : 'approve');
}

function answerOf(diff: SeededDiff, reviewer: Reviewer): object {
  return {
    verdict: wordOf(diff, reviewer),
    summary: `What ${reviewer} says.`,
    findings: diff.statements[reviewer].map(({ finding }) => finding),
  };
}

/** Everything of a statement that must arrive: who said it, of which place, how gravely, and each word. */
function traceOf(
  reviewer: string,
  { category, severity, title, body, recommendation, file, startLine }: Omit<Finding, 'confidence' | 'endLine'>,
): string {
  return JSON.stringify([
    reviewer,
    category,
    severity,
    printableLine(title),
    printable(body).trim(),
    printable(recommendation).trim(),
    file,
    startLine,
  ]);
}

const placed = ({ statements }: SeededDiff, reviewer: Reviewer, isPlaced: boolean): readonly Statement[] =>
  statements[reviewer].filter((statement) => statement.isPlaced === isPlaced);

function expectedTraces(diff: SeededDiff): readonly string[] {
  return REVIEWERS.flatMap((reviewer) =>
    placed(diff, reviewer, true).map(({ finding, place }) => traceOf(reviewer, { ...finding, ...place })),
  ).sort();
}

function tracesIn({ findings }: Verdict): readonly string[] {
  const statements = findings.flatMap((finding) => finding.statements).filter(({ reviewer }) => reviewer !== 'nx-fleet');
  return statements.map((statement) => traceOf(statement.reviewer, statement)).sort();
}

/** What the gate must say, from the seeds alone. */
function mustBlock(diff: SeededDiff, blockOn: GateSettings['blockOn']): boolean {
  if (blockOn === 'none') return false;
  const least = SEVERITIES.indexOf(blockOn);
  const reaches = ({ finding }: Statement): boolean => SEVERITIES.indexOf(finding.severity) >= least;
  const objects = (reviewer: Reviewer): boolean =>
    wordOf(diff, reviewer) === 'request-changes' && placed(diff, reviewer, false).some(reaches);
  const finds = (reviewer: Reviewer): boolean => placed(diff, reviewer, true).some(reaches);
  return REVIEWERS.some((reviewer) => finds(reviewer) || objects(reviewer)) || (diff.facts !== undefined && least <= 1);
}

/** What comes out of all of it for one change. */
interface Outcome {
  readonly verdict: Verdict;
  readonly files: Readonly<Record<'markdown' | 'sarif' | 'verdict', string>>;
  readonly reviews: readonly string[];
  readonly gates: Readonly<Record<string, Verdict['verdict']>>;
  readonly calls: number;
}

/** Which gates a change passes here: the default one, and two of the others in turn. All of them are in the specs of the verdict. */
function gatesOf(diff: SeededDiff): readonly GateSettings['blockOn'][] {
  const turn = SEEDED_DIFFS.indexOf(diff) * 2;
  return ['high', ...[0, 1].flatMap((step) => OTHER_GATES[(turn + step + (turn >> 2)) % OTHER_GATES.length] ?? [])];
}

async function outcomeOf(diff: SeededDiff, issue: SeededIssue): Promise<Outcome> {
  await issue.review({ first: answerOf(diff, 'first'), second: answerOf(diff, 'second') });
  const gates: Record<string, Verdict['verdict']> = {};
  for (const blockOn of gatesOf(diff).slice(1)) gates[blockOn] = (await issue.gate(blockOn)).verdict;
  const verdict = await issue.gate('high');
  gates['high'] = verdict.verdict;
  const [markdown, sarif, stored] = [await issue.read('review.md'), await issue.read('review.sarif'), await issue.read('verdict.json')];
  const reviews = await Promise.all(REVIEWERS.map((reviewer) => issue.readReview(reviewer)));
  return { verdict, files: { markdown, sarif, verdict: stored }, reviews, gates, calls: await issue.calls() };
}

describe('a seeded fault, from the reviewer to the verdict', () => {
  const outcomes = new Map<string, Outcome>();
  let pipeline: ReviewPipeline;

  beforeAll(async () => {
    pipeline = await createReviewPipeline();
    const issues: [SeededDiff, SeededIssue][] = [];
    for (const diff of SEEDED_DIFFS) issues.push([diff, await pipeline.seed(diff.name, diff.before, diff.after)]);
    const next = async (): Promise<void> => {
      for (let entry = issues.shift(); entry !== undefined; entry = issues.shift()) outcomes.set(entry[0].name, await outcomeOf(...entry));
    };
    await Promise.all([next(), next(), next()]);
  }, 300_000);
  afterAll(() => pipeline.remove());

  const requireOutcome = (name: string): Outcome => {
    const outcome = outcomes.get(name);
    if (outcome === undefined) throw new Error(`"${name}" came to no end`);
    return outcome;
  };

  describe.each(SEEDED_DIFFS.map((diff) => [diff.name, diff] as const))('%s', (name, diff) => {
    it('loses nothing and invents nothing', () => {
      const { verdict } = requireOutcome(name);
      const facts = verdict.findings.flatMap(({ statements }) => statements.filter(({ reviewer }) => reviewer === 'nx-fleet'));
      expect(tracesIn(verdict)).toEqual(expectedTraces(diff));
      expect(verdict.findings).toHaveLength(diff.findings);
      expect(facts.map(({ title }) => title)).toEqual(diff.facts ?? []);
      expect(verdict.reviewers.map(({ ungrounded }) => ungrounded.map(({ title }) => title))).toEqual(
        REVIEWERS.map((reviewer) => placed(diff, reviewer, false).map(({ finding }) => finding.title)),
      );
    });

    it('has an exact gate', () => {
      const expected = gatesOf(diff).map((blockOn) => [blockOn, mustBlock(diff, blockOn) ? 'request-changes' : 'approve']);
      expect(requireOutcome(name).gates).toEqual(Object.fromEntries(expected));
    });

    it('is written down whole, for people and for programs', () => {
      const { verdict, files, reviews } = requireOutcome(name);
      const titles = [...verdict.findings, ...verdict.reviewers.flatMap(({ ungrounded }) => ungrounded)].map(({ title }) => title);
      const words = titles.map((title) => /\w+/.exec(title)?.[0] ?? title);
      expect(words.filter((word) => !files.markdown.includes(word))).toEqual([]);
      // oxlint-disable-next-line no-control-regex
      expect(files.markdown).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202e]|(?<!\\)(?:<|\[x\]\()/);
      expect([faultsOf(isSarif, files.sarif), faultsOf(isVerdict, files.verdict)]).toEqual([null, null]);
      expect(reviews.map((review) => faultsOf(isReview, review))).toEqual([null, null]);
      expect((JSON.parse(files.sarif) as { runs: [{ results: unknown[] }] }).runs[0].results).toHaveLength(diff.findings);
    });
  });

  it('is looked for by every reviewer once in each part of its diff, and by nobody where nothing is changed', () => {
    const parts = new Map([
      ['nothing-changed', 0],
      ['huge-diff', 2],
    ]);
    const calls = SEEDED_DIFFS.map(({ name }) => [name, requireOutcome(name).calls]);
    expect(calls).toEqual(SEEDED_DIFFS.map(({ name }) => [name, (parts.get(name) ?? 1) * REVIEWERS.length]));
  });

  it('is surer when two vendors agree, and keeps what each has said', () => {
    const { findings } = requireOutcome('both-in-other-words').verdict;
    expect(findings).toMatchObject([
      { severity: 'critical', confidence: 0.91, reviewers: ['second', 'first'], statements: [{ confidence: 0.7 }, { confidence: 0.7 }] },
    ]);
  });
});
