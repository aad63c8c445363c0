import type { Severity } from '../../review/finding.js';
import type { Ignore } from '../../review/ignore-file.js';
import { renderVerdict } from '../../review/render-verdict.js';
import { renderSarif } from '../../review/sarif.js';
import type { Verdict } from '../../review/verdict.js';
import { fingerprint } from '../../text/fingerprint.js';
import { requireE2eReviews } from '../e2e/e2e-review.js';
import { judgeReviews } from './judge-reviews.js';
import { requireReviews, type Reviewed } from '../review/require-reviews.js';
import type { StageContext } from '../../stage/stage-context.js';
import { REVIEW_TARGET } from '../../stage/targets.js';

export interface GateSettings {
  readonly reviewers: readonly string[];
  readonly blockOn: Severity | 'none';
  /** Who tried the running app. @default none */
  readonly e2e?: string;
}

export interface GateSubject extends Reviewed {
  readonly title: string;
  readonly spec: string;
  /** What was run on the change. @default not known */
  readonly checks?: Verdict['checks'];
  /** What the team has agreed to live with: who is judged has no say in it. */
  readonly ignores: readonly Ignore[];
}

/**
 * Merges the stored reviews of a change into one verdict. Cheap, never cached; what to do about `request-changes` is the caller's.
 * @throws UserError when a review is missing or judges another change
 */
export async function judgeChange(
  { reviewers, blockOn, e2e }: GateSettings,
  subject: GateSubject,
  context: StageContext,
): Promise<Verdict> {
  const reviews = await requireReviews(reviewers, subject, context);
  const tried = await requireE2eReviews(e2e, subject, context);
  const judged = await judgeReviews([...reviews, ...tried], { project: context.project, blockOn, ignores: subject.ignores }, context);
  return subject.checks === undefined ? judged : { ...judged, checks: subject.checks };
}

/** Leaves the verdict on a change where users and `fleet:status` look for it: `verdict.json`, `review.md`, `review.sarif`. */
export async function storeVerdict(verdict: Verdict, { spec, title }: GateSubject, { host, project }: StageContext): Promise<void> {
  const write = (file: string, text: string): Promise<void> => host.artefacts.write(project, REVIEW_TARGET, file, text);
  await host.artefacts.clear(project, REVIEW_TARGET);
  await write('verdict.json', `${JSON.stringify({ ...verdict, spec: fingerprint(spec) }, null, 2)}\n`);
  await write('review.md', renderVerdict({ project, title }, verdict));
  await write('review.sarif', `${JSON.stringify(renderSarif(verdict), null, 2)}\n`);
}

/** The same, at once. */
export async function gateChange(settings: GateSettings, subject: GateSubject, context: StageContext): Promise<Verdict> {
  const verdict = await judgeChange(settings, subject, context);
  await storeVerdict(verdict, subject, context);
  return verdict;
}
