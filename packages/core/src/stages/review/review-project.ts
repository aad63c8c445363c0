import { readChange, type ChangesPlace } from '../../changes/changes-artifact.js';
import { findChange, type ChangesRequest, type ProjectChange } from '../../changes/find-changes.js';
import { UserError } from '../../errors/user-error.js';
import type { Review } from '../../review/review.js';
import { printableLine } from '../../text/printable.js';
import { requireReviews, type Reviewed } from './require-reviews.js';
import { reviewChange } from './review-change.js';
import type { StageContext } from '../../stage/stage-context.js';
import type { ReviewStageSettings } from './review.stage.js';
import { parseTarget } from '../../stage/targets.js';

/** What of a project of the repository is reviewed. */
export interface ProjectReviewRequest extends ChangesRequest {
  /** The project whose target `agent-changes` says what was changed. */
  readonly fleetProject: string;
}

/**
 * Has a reviewer judge a project's part of a change; null when the project is not touched: then no agent is asked.
 * @throws UserError when the change is no longer the one that the key was made of
 */
export async function reviewProject(
  settings: ReviewStageSettings,
  request: ProjectReviewRequest,
  context: StageContext,
): Promise<Review | null> {
  const { git, host, project, target } = context;
  const hashed = await readChange(project, placeOf(request, context));
  const change = await findChange(project, request, git);
  if (hashed?.tree !== change?.tree || hashed?.baseTree !== change?.baseTree || hashed?.judge !== change?.judge) {
    throw new UserError(`"${printableLine(project)}" changed after its cache key was made. Run it again: nx affected -t agent-review`);
  }
  if (change === null) {
    await host.artifacts.clear(project, target);
    return null;
  }
  return withJudge(change.judge, context, (judged) =>
    reviewChange(settings, { ...change, spec: projectSpec(change), checks: null, issue: null }, judged),
  );
}

/** Here the change is checked out: the prompt and the reviewer's program come from a place of their own, with the files of the base. */
async function withJudge(
  judge: string | undefined,
  context: StageContext,
  work: (context: StageContext) => Promise<Review>,
): Promise<Review> {
  if (judge === undefined) return work(context);
  const { directory, remove } = await context.git.createSnapshot({ tree: judge });
  try {
    return await work({
      ...context,
      agent: (name) => context.agent(name, directory),
      prompt: (name) => context.prompt(name, directory),
    });
  } finally {
    await remove();
  }
}

/** What the stored reviews of a project must be of. */
export function describeReviewed({ project, baseTree, tree }: ProjectChange): Reviewed {
  return { name: `"${printableLine(project)}"`, baseTree, tree };
}

export function placeOf({ fleetProject }: Pick<ProjectReviewRequest, 'fleetProject'>, { host }: Pick<StageContext, 'host'>): ChangesPlace {
  return { fleetProject, artifacts: host.artifacts };
}

/** In place of an issue's text. It is read by the reviewers: it must not tell one pull request from another. */
export function projectSpec({ project }: ProjectChange): string {
  return [
    `# Changes to ${printableLine(project)}`,
    '',
    'No issue: see from code, tests and documentation what it is for. You are shown this project, what it depends on and its rules; the other',
    'parts of the change are reviewed apart.',
  ].join('\n');
}

/** Reads a stored review of a project as the gate does. @throws UserError when that one would refuse it */
export async function requireProjectResult(request: Pick<ProjectReviewRequest, 'fleetProject'>, context: StageContext): Promise<void> {
  const { project, target } = context;
  const change = await readChange(project, placeOf(request, context));
  if (change === null) throw new UserError(`"${printableLine(project)}" is not touched.`);
  await requireReviews([parseTarget(target).agent], describeReviewed(change), context);
}
