import { agreedIgnores } from '../../changes/agreed-ignores.js';
import { requireChanges } from '../../changes/require-changes.js';
import type { Verdict } from '../../review/verdict.js';
import { gateChange, type GateSettings } from './gate-change.js';
import { placeOf, projectSpec, reviewedOf, type ProjectReviewRequest } from '../review/review-project.js';
import type { StageContext } from '../../stage/stage-context.js';

/**
 * The verdict on a project's part of the change that this command is about; null when the project is not touched.
 * @throws UserError when a review is missing or judges another change, or this one has no review
 */
export async function gateProject(settings: GateSettings, request: ProjectReviewRequest, context: StageContext): Promise<Verdict | null> {
  const { host, project, target } = context;
  const index = await requireChanges(request, placeOf(request, context), context.git);
  const change = index.projects.find((one) => one.project === project);
  if (change === undefined) {
    await host.artefacts.clear(project, target);
    return null;
  }
  const ignores = await agreedIgnores(index, context);
  return gateChange(settings, { ...reviewedOf(change), title: 'its part of the change', spec: projectSpec(change), ignores }, context);
}
