import { createReviewPipeline, type ReviewPipeline } from './review-pipeline.fixture.js';
import { WEAKENED_DIFFS } from './weakened-diffs.fixture.js';

/** Otherwise one of eight. */
const TESTS_ALL = process.env['NX_FLEET_TEST_ALL'] === '1';
const DIFFS = WEAKENED_DIFFS.filter((_, index) => TESTS_ALL || index % 8 === 0);

describe('what the diff itself shows, whatever its reviewers say', () => {
  let pipeline: ReviewPipeline;
  beforeAll(async () => {
    pipeline = await createReviewPipeline();
  });
  afterAll(() => pipeline.remove());

  it.each(DIFFS.map((diff) => [diff.name, diff] as const))('%s', async (name, { before, after, remarks }) => {
    const issue = await pipeline.seed(name, before, after);
    await issue.approve();
    const { findings, verdict } = await issue.gate('high');
    expect(findings.map(({ file, title }) => `${file}: ${title}`)).toEqual([...remarks].sort());
    expect(
      findings.filter(
        ({ severity, confidence, reviewers }) => severity !== 'medium' || confidence !== 1 || reviewers.join() !== 'nx-fleet',
      ),
    ).toEqual([]);
    expect(verdict).toBe('approve');
    expect((await issue.gate('medium')).verdict).toBe(remarks.length === 0 ? 'approve' : 'request-changes');
  });
});
