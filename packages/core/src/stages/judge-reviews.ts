import { readDiff } from '../review/file-diff.js';
import type { Severity } from '../review/finding.js';
import { applyIgnores, IGNORE_FILE, parseIgnores } from '../review/ignore-file.js';
import type { Review } from '../review/review.js';
import { reachVerdict, type Verdict } from '../review/verdict.js';
import { weakenedChecks } from '../review/weakened-checks.js';
import type { StageContext } from './stage-context.js';

export interface JudgeRules {
  readonly blockOn: Severity | 'none';
  /** The commit whose ignore file counts: one that whoever is judged has not made. */
  readonly ignoresAt: string;
}

/**
 * The one verdict on reviews of one change: for the gate, and for whoever mends what it finds.
 * @throws UserError when the ignore file is not valid
 */
export async function judgeReviews(
  reviews: readonly [Review, ...Review[]],
  { blockOn, ignoresAt }: JudgeRules,
  { git, host }: Pick<StageContext, 'git' | 'host'>,
): Promise<Verdict> {
  const [{ baseTree, tree }] = reviews;
  const facts = weakenedChecks(readDiff(await git.diff(baseTree, tree)), await git.changedFiles(baseTree, tree));
  const now = host.now();
  return applyIgnores(reachVerdict(reviews, blockOn, facts), parseIgnores(await git.readFile(ignoresAt, IGNORE_FILE), now), now);
}
