import { parseArtefact } from '../artefact/parse-artefact.js';
import { UserError } from '../errors/user-error.js';
import { reviewSchema, type Review } from '../review/review.js';
import { requireOfCheckout } from './checkout-artefact.js';
import type { StageContext } from './stage-context.js';
import { REVIEW_TARGET, targetOf } from './targets.js';

/** The stored review by one reviewer. @throws UserError when there is none, or it is not of what was checked out */
export async function requireReview(reviewer: string, context: StageContext): Promise<Review> {
  const { host, project } = context;
  const target = targetOf(REVIEW_TARGET, reviewer);
  const review = parseArtefact(await host.artefacts.read(project, target, 'review.json'), reviewSchema);
  if (review?.reviewer !== reviewer) {
    throw new UserError(
      `There is no valid review of "${project}" by ${reviewer}. Run: nx run ${project}:${target}; if that does not help, nx g worktree --issue=${project.slice('issue-'.length)} --again`,
    );
  }
  await requireOfCheckout(review, { what: `review by ${reviewer}`, target: REVIEW_TARGET }, context);
  return review;
}
