import type { Git } from '../git/git.js';
import type { Host } from '../host/host.js';
import { readDiff } from '../review/file-diff.js';
import type { Severity } from '../review/finding.js';
import { applyIgnores, IGNORE_FILE, parseIgnores } from '../review/ignore-file.js';
import type { Review } from '../review/review.js';
import { reachVerdict, type Verdict } from '../review/verdict.js';
import { weakenedChecks } from '../review/weakened-checks.js';

export interface JudgeContext {
  readonly git: Pick<Git, 'diff' | 'changedFiles' | 'readFile'>;
  readonly host: Pick<Host, 'now'>;
}

export interface JudgeRules {
  readonly project: string;
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
  { project, blockOn, ignoresAt }: JudgeRules,
  { git, host }: JudgeContext,
): Promise<Verdict> {
  const [{ baseTree, tree }] = reviews;
  const facts = weakenedChecks(readDiff(await git.diff(baseTree, tree)), await git.changedFiles(baseTree, tree));
  const now = host.now();
  const ignores = parseIgnores(await git.readFile(ignoresAt, IGNORE_FILE), now);
  return applyIgnores(reachVerdict(reviews, blockOn, facts), { project, ignores, now });
}
