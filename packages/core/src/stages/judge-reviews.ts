import { UserError } from '../errors/user-error.js';
import { readDiff } from '../review/file-diff.js';
import type { Severity } from '../review/finding.js';
import type { Review } from '../review/review.js';
import { reachVerdict, type Verdict } from '../review/verdict.js';
import { weakenedChecks } from '../review/weakened-checks.js';
import type { StageContext } from './stage-context.js';
import { REVIEW_TARGET } from './targets.js';

/**
 * The one verdict on reviews of one change: for the gate, and for whoever mends what it finds.
 * @throws UserError when what was reviewed against is not in this repository
 */
export async function judgeReviews(
  reviews: readonly [Review, ...Review[]],
  blockOn: Severity | 'none',
  { git, project }: Pick<StageContext, 'git' | 'project'>,
): Promise<Verdict> {
  const [{ baseTree, tree }] = reviews;
  if ((await git.resolveTree(baseTree)) === null)
    throw new UserError(
      `The base that "${project}" was reviewed against is not here. Fetch it, then run again: nx run ${project}:${REVIEW_TARGET}`,
    );
  const facts = weakenedChecks(readDiff(await git.diff(baseTree, tree)), await git.changedFiles(baseTree, tree));
  return reachVerdict(reviews, blockOn, facts);
}
