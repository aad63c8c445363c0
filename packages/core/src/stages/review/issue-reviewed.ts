import type { Manifest } from '../../manifest/manifest.js';
import { requireCheckout } from '../../branch/checkout-artefact.js';
import { requireReviews, type Reviewed } from './require-reviews.js';
import { requireIssue, type StageContext } from '../../stage/stage-context.js';
import { parseTarget } from '../../stage/targets.js';

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
