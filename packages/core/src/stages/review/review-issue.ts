import { UserError } from '../../errors/user-error.js';
import type { Review } from '../../review/review.js';
import { reviewChange } from './review-change.js';
import { requireIssue, type StageContext } from '../../stage/stage-context.js';
import type { ReviewStageSettings } from './review.stage.js';
import { requireValidation } from '../validate/validation-artefact.js';

/** Has a reviewer judge what was built for an issue and checked. @throws UserError when that is not what is on its branch */
export async function reviewIssue(settings: ReviewStageSettings, context: StageContext): Promise<Review> {
  const { git, project } = context;
  const issue = await requireIssue(context);
  const { baseTree, tree, checks } = await requireValidation(context);
  if ((await git.resolveTree(`refs/heads/${issue.manifest.branch}`)) !== tree) {
    throw new UserError(`"${issue.manifest.branch}" changed since it was checked. Run again: nx run ${project}:agent-review`);
  }
  return reviewChange(settings, { spec: issue.spec, baseTree, tree, checks, issue }, context);
}
