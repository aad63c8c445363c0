import { parseArtifact } from '../../artifact/artifact-store.js';
import { UserError } from '../../errors/user-error.js';
import type { Host } from '../../host/host.js';
import { reviewSchema, type Review } from '../../review/review.js';
import { printableLine } from '../../text/printable.js';
import { REVIEW_TARGET, targetOf, parseTarget } from '../../stage/targets.js';
import type { Manifest } from '../../manifest/manifest.js';
import { requireCheckout } from '../../branch/checkout-artifact.js';
import { requireIssue, type StageContext } from '../../stage/stage-context.js';

/** What reviews must be of. */
export interface Reviewed {
  /** What it is called, for the user. */
  readonly name: string;
  readonly tree: string | null;
  readonly baseTree: string;
  /** Of fixes. @default 1, what the build made */
  readonly round?: number;
}

/** Whose reviews, and where they are. */
export interface ReviewsContext {
  readonly host: Pick<Host, 'artifacts'>;
  readonly project: string;
}

/**
 * The stored reviews of one change, one per reviewer.
 * @throws UserError when one is missing, forged or of another change
 */
export async function requireReviews(
  reviewers: readonly string[],
  reviewed: Reviewed,
  context: ReviewsContext,
): Promise<[Review, ...Review[]]> {
  const reviews: Review[] = [];
  for (const reviewer of reviewers) reviews.push(await requireReview(reviewer, reviewed, context));
  const [first, ...rest] = reviews;
  if (first === undefined) throw new UserError('No reviewer is configured. Name one in "agents.reviewers".');
  return [first, ...rest];
}

async function requireReview(
  reviewer: string,
  { name, tree, baseTree, round }: Reviewed,
  { host, project }: ReviewsContext,
): Promise<Review> {
  const target = targetOf(REVIEW_TARGET, reviewer, round);
  const review = parseArtifact(await host.artifacts.read(project, target, 'review.json'), reviewSchema);
  // In one run, to the gate: of what runs without the cache, Nx stores nothing.
  const anew = `nx run ${printableLine(project)}:${REVIEW_TARGET} --skip-nx-cache`;
  if (review?.reviewer !== reviewer)
    throw new UserError(`No valid review of "${printableLine(project)}" by ${reviewer}. Run it again: ${anew}`);
  if (review.tree !== tree)
    throw new UserError(
      `The review by ${reviewer} is of another state of ${name} than is there now. Run again: nx run ${project}:${REVIEW_TARGET}; if that does not help: ${anew}`,
    );
  if (review.baseTree !== baseTree)
    throw new UserError(
      `The review by ${reviewer} compares ${name} with another base. Run again: nx run ${project}:${REVIEW_TARGET}; if that does not help: ${anew}`,
    );
  return review;
}

/** The change that is on an issue's branch now, as this machine sees it. @throws UserError when `agent-build` has not run */
export async function issueReviewed({ branch }: Manifest, context: StageContext): Promise<Reviewed> {
  const { baseTree } = await requireCheckout(context);
  const tree = await context.git.resolveTree(`refs/heads/${branch}`);
  return { name: `"${branch}"`, tree, baseTree, round: parseTarget(context.target).round };
}

export async function requireStoredReview(context: StageContext): Promise<void> {
  const { manifest } = await requireIssue(context);
  await requireReviews([parseTarget(context.target).agent], await issueReviewed(manifest, context), context);
}
