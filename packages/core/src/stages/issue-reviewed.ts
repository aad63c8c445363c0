import { UserError } from '../errors/user-error.js';
import type { Manifest } from '../manifest/manifest.js';
import { requireCheckout } from './checkout-artefact.js';
import type { Reviewed } from './require-reviews.js';
import type { StageContext } from './stage-context.js';
import { REVIEW_TARGET } from './targets.js';

/**
 * The change that stands on an issue's branch now, as this machine sees it and not as an artefact says it.
 * @throws UserError when `agent-build` has not run, or the base is not here
 */
export async function issueReviewed({ branch }: Manifest, context: StageContext): Promise<Reviewed> {
  const { git, project } = context;
  const { base } = await requireCheckout(context);
  const [tree, baseTree] = [await git.resolveTree(`refs/heads/${branch}`), await git.resolveTree(base)];
  if (baseTree === null)
    throw new UserError(
      `The base that "${project}" was reviewed against is not here. Fetch it, then run again: nx run ${project}:${REVIEW_TARGET}`,
    );
  return { name: `"${branch}"`, tree, baseTree };
}
