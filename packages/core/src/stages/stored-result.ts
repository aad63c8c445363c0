import { readChange } from '../changes/changes-artefact.js';
import { UserError } from '../errors/user-error.js';
import { printableLine } from '../text/printable.js';
import { requireE2eReviews } from './e2e-review.js';
import { issueReviewed } from './issue-reviewed.js';
import { requirePlan } from './require-plan.js';
import { requireReviews } from './require-reviews.js';
import { placeOf, reviewedOf, type ProjectReviewRequest } from './review-project.js';
import { requireIssue, type StageContext } from './stage-context.js';
import { restoreBuild, restoreFix } from './stored-work.js';
import { BUILD_TARGET, E2E_TARGET, FIX_TARGET, parseTarget, PLAN_TARGET, REVIEW_TARGET, VALIDATE_TARGET } from '../stage/targets.js';
import { requireValidation } from './validation-artefact.js';

/** Reads what a stage of an issue has stored as the stage after it does. @throws UserError when that one would refuse it */
export async function requireIssueResult(context: StageContext): Promise<void> {
  const { stage, agent, round } = parseTarget(context.target);
  if (stage === PLAN_TARGET) {
    await requirePlan(context.project, context);
    await requireFile('plan.md', context);
  }
  if (stage === VALIDATE_TARGET) await requireValidation(context);
  if (stage === BUILD_TARGET) {
    await restoreBuild(agent, await requireIssue(context), context);
    // Other machines need it, even where the commits are here.
    await requireFile('branch.bundle', context);
  }
  if (stage === FIX_TARGET) {
    const { tree, startTree } = await restoreFix(agent, context);
    if (tree !== startTree) await requireFile('branch.bundle', context);
  }
  if (stage === REVIEW_TARGET) await requireReviews([agent], await issueReviewed((await requireIssue(context)).manifest, context), context);
  if (stage === E2E_TARGET) await requireE2eReviews(agent, { ...(await requireValidation(context)), round }, context);
}

async function requireFile(name: string, { host, project, target }: StageContext): Promise<void> {
  const file = `${host.artefacts.directory(project, target)}/${name}`;
  if (!(await host.pathExists(file))) throw new UserError(`"${file}" does not exist. Run: nx run ${project}:${target}`);
}

/** The same for the review of a project of the repository. */
export async function requireProjectResult(request: Pick<ProjectReviewRequest, 'fleetProject'>, context: StageContext): Promise<void> {
  const { project, target } = context;
  const { agent: reviewer } = parseTarget(target);
  const change = await readChange(project, placeOf(request, context));
  if (change === null) throw new UserError(`"${printableLine(project)}" is not touched.`);
  await requireReviews([reviewer], reviewedOf(change), context);
}
