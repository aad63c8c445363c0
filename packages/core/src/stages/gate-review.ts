import type { Severity } from '../review/finding.js';
import { renderVerdict } from '../review/render-verdict.js';
import { renderSarif } from '../review/sarif.js';
import type { Verdict } from '../review/verdict.js';
import { fingerprint } from '../text/fingerprint.js';
import { requireE2eReviews } from './e2e-review.js';
import { judgeReviews } from './judge-reviews.js';
import { requireReviews } from './require-reviews.js';
import { requireIssue, type StageContext } from './stage-context.js';

export interface GateSettings {
  readonly reviewers: readonly string[];
  readonly blockOn: Severity | 'none';
  /** Who tried the running app. @default nobody */
  readonly e2e?: string;
}

/**
 * Merges the stored reviews into one verdict: `verdict.json`, `review.md`, `review.sarif`. Cheap, never cached; the caller fails on `request-changes`.
 * @throws UserError when a review is missing or judges another tree than the branch holds
 */
export async function gateReview({ reviewers, blockOn, e2e }: GateSettings, context: StageContext): Promise<Verdict> {
  const { git, host, project, target } = context;
  const { manifest, spec } = await requireIssue(context);
  const tree = await git.resolveTree(`refs/heads/${manifest.branch}`);
  const reviews = await requireReviews(reviewers, { branch: manifest.branch, tree }, context);
  const verdict = await judgeReviews([...reviews, ...(await requireE2eReviews(e2e, reviews[0], context))], blockOn, context);
  await host.artefacts.clear(project, target);
  await host.artefacts.write(project, target, 'verdict.json', `${JSON.stringify({ ...verdict, spec: fingerprint(spec) }, null, 2)}\n`);
  await host.artefacts.write(project, target, 'review.md', renderVerdict(manifest, verdict));
  await host.artefacts.write(project, target, 'review.sarif', `${JSON.stringify(renderSarif(verdict), null, 2)}\n`);
  return verdict;
}
