import type { Severity } from '../review/finding.js';
import { renderVerdict } from '../review/render-verdict.js';
import { renderSarif } from '../review/sarif.js';
import type { Verdict } from '../review/verdict.js';
import { fingerprint } from '../text/fingerprint.js';
import { requireE2eReviews } from './e2e-review.js';
import { judgeReviews } from './judge-reviews.js';
import { requireReviews, type Reviewed } from './require-reviews.js';
import type { StageContext } from './stage-context.js';

export interface GateSettings {
  readonly reviewers: readonly string[];
  readonly blockOn: Severity | 'none';
  /** Who tried the running app. @default nobody */
  readonly e2e?: string;
}

export interface GateSubject extends Reviewed {
  readonly title: string;
  readonly spec: string;
  /** What was run on the change. @default not known */
  readonly checks?: Verdict['checks'];
  /** The commit whose ignore file counts. */
  readonly ignoresAt: string;
}

/**
 * Merges the stored reviews of a change into one verdict: `verdict.json`, `review.md`, `review.sarif`. Cheap, never cached; the caller fails on
 * `request-changes`.
 * @throws UserError when a review is missing or judges another change
 */
export async function gateChange({ reviewers, blockOn, e2e }: GateSettings, subject: GateSubject, context: StageContext): Promise<Verdict> {
  const { host, project, target } = context;
  const reviews = await requireReviews(reviewers, subject, context);
  const judged = await judgeReviews(
    [...reviews, ...(await requireE2eReviews(e2e, reviews[0], context))],
    { project, blockOn, ignoresAt: subject.ignoresAt },
    context,
  );
  const verdict: Verdict = subject.checks === undefined ? judged : { ...judged, checks: subject.checks };
  await host.artefacts.clear(project, target);
  await host.artefacts.write(
    project,
    target,
    'verdict.json',
    `${JSON.stringify({ ...verdict, spec: fingerprint(subject.spec) }, null, 2)}\n`,
  );
  await host.artefacts.write(project, target, 'review.md', renderVerdict({ project, title: subject.title }, verdict));
  await host.artefacts.write(project, target, 'review.sarif', `${JSON.stringify(renderSarif(verdict), null, 2)}\n`);
  return verdict;
}
