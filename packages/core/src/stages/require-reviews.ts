import { parseArtefact } from '../artefact/parse-artefact.js';
import { UserError } from '../errors/user-error.js';
import { reviewSchema, type Review } from '../review/review.js';
import type { StageContext } from './stage-context.js';
import { REVIEW_TARGET, targetOf } from './targets.js';

/**
 * The stored reviews of one state of a branch, one per reviewer.
 * @throws UserError when one is missing, forged or of another state, or when they compare with different bases
 */
export async function requireReviews(
  reviewers: readonly string[],
  { branch, tree }: { readonly branch: string; readonly tree: string | null },
  context: StageContext,
): Promise<[Review, ...Review[]]> {
  const { project } = context;
  const reviews: Review[] = [];
  for (const reviewer of reviewers) {
    const review = await requireReview(reviewer, context);
    if (review.tree !== tree) {
      throw new UserError(
        `The review by ${reviewer} is of another state of "${branch}" than is there now. Run again: nx run ${project}:${REVIEW_TARGET}`,
      );
    }
    reviews.push(review);
  }
  const [first, ...rest] = reviews;
  if (first === undefined) throw new UserError('No reviewer is configured. Name one in "agents.reviewers".');
  if (rest.some((review) => review.baseTree !== first.baseTree))
    throw new UserError(`The reviews of "${project}" start from different bases. Run again: nx run ${project}:${REVIEW_TARGET}`);
  return [first, ...rest];
}

async function requireReview(reviewer: string, { host, project }: StageContext): Promise<Review> {
  const target = targetOf(REVIEW_TARGET, reviewer);
  const review = parseArtefact(await host.artefacts.read(project, target, 'review.json'), reviewSchema);
  if (review?.reviewer === reviewer) return review;
  throw new UserError(
    `There is no valid review of "${project}" by ${reviewer}. Run: nx run ${project}:${target}; if that does not help, nx g worktree --issue=${project.slice('issue-'.length)} --again`,
  );
}
