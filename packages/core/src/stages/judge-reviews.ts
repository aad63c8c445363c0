import { readDiff } from '../review/file-diff.js';
import type { Severity } from '../review/finding.js';
import type { Review } from '../review/review.js';
import { reachVerdict, type Verdict } from '../review/verdict.js';
import { weakenedChecks } from '../review/weakened-checks.js';
import type { StageContext } from './stage-context.js';

/** The one verdict on reviews of one change: for the gate, and for whoever mends what it finds. */
export async function judgeReviews(
  reviews: readonly [Review, ...Review[]],
  blockOn: Severity | 'none',
  { git }: Pick<StageContext, 'git'>,
): Promise<Verdict> {
  const [{ baseTree, tree }] = reviews;
  const facts = weakenedChecks(readDiff(await git.diff(baseTree, tree)), await git.changedFiles(baseTree, tree));
  return reachVerdict(reviews, blockOn, facts);
}
