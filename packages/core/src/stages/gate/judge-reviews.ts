import type { Git } from '../../git/git.js';
import type { Host } from '../../host/host.js';
import { readDiff } from '../../review/file-diff.js';
import type { Severity } from '../../review/finding.js';
import { applyIgnores, type Ignore } from '../../review/ignore-file.js';
import type { Review } from '../../review/review.js';
import type { IsJudge } from '../../review/steering.js';
import { reachVerdict, type Verdict } from '../../review/verdict.js';
import { weakenedChecks } from '../../review/weakened-checks.js';

export interface JudgeContext {
  readonly git: Pick<Git, 'diff' | 'changedFiles'>;
  readonly host: Pick<Host, 'now'>;
  /** @default nothing of the repository is a prompt or a program */
  readonly isJudge?: IsJudge | undefined;
}

export interface JudgeRules {
  readonly project: string;
  readonly blockOn: Severity | 'none';
  readonly ignores: readonly Ignore[];
}

/** The one verdict on reviews of one change: for the gate, and for the writer who fixes what it finds. */
export async function judgeReviews(
  reviews: readonly [Review, ...Review[]],
  { project, blockOn, ignores }: JudgeRules,
  { git, host, isJudge }: JudgeContext,
): Promise<Verdict> {
  const [{ baseTree, tree }] = reviews;
  const facts = weakenedChecks(readDiff(await git.diff(baseTree, tree)), await git.changedFiles(baseTree, tree), isJudge);
  return applyIgnores(reachVerdict(reviews, blockOn, facts), { project, ignores, now: host.now() });
}
