import type { ChangesIndex } from '../changes/changes-artifact.js';
import { UserError } from '../errors/user-error.js';
import type { Verdict } from '../review/verdict.js';
import type { GateSettings } from '../stages/gate/gate-change.js';
import { judgeReviews, type JudgeContext } from '../stages/gate/judge-reviews.js';
import { requireReviews, type ReviewsContext } from '../stages/review/require-reviews.js';
import { reviewedOf } from '../stages/review/review-project.js';

/** What verdicts are reached with. */
export interface ChangesContext extends JudgeContext {
  readonly host: ReviewsContext['host'] & JudgeContext['host'];
  /** Whose reviews count, and what blocks. */
  readonly gate: Pick<GateSettings, 'reviewers' | 'blockOn'>;
}

/**
 * The verdict on each project that a change touches, with nothing dismissed; null where a review is missing, or is of another change. It is reached
 * again, from the reviews and by the current settings: a verdict that lies there may be of another time.
 */
export async function judgeChanges(
  { projects }: ChangesIndex,
  { git, host, gate, isJudge }: ChangesContext,
): Promise<ReadonlyMap<string, Verdict | null>> {
  const verdicts = new Map<string, Verdict | null>();
  for (const change of projects) {
    try {
      const { project } = change;
      const reviews = await requireReviews(gate.reviewers, reviewedOf(change), { host, project });
      verdicts.set(project, await judgeReviews(reviews, { project, blockOn: gate.blockOn, ignores: [] }, { git, host, isJudge }));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      verdicts.set(change.project, null);
    }
  }
  return verdicts;
}
