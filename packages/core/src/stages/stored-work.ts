import { requireBuild, type Build } from './build-artefact.js';
import { buildBase } from './build-base.js';
import { requireFix, type Fix } from './fix-artefact.js';
import type { StageContext, StageIssue } from './stage-context.js';
import { restoreCommits } from './stored-commits.js';
import { refuseStored } from './refuse-stored.js';
import { BUILD_TARGET, FIX_TARGET, REVIEW_TARGET, targetOf } from './targets.js';

/**
 * The stored build of an issue, with its commits in this repository.
 * @throws UserError when it has none, or one that is not what it says. With another base a part of the work would be in no diff
 */
export async function restoreBuild(writer: string, issue: StageIssue, context: StageContext): Promise<Build> {
  const { project } = context;
  const what = `build by ${writer}`;
  const build = await requireBuild(project, writer, context);
  // Where several blockers are merged, that commit exists only where it was made, and is the same when made again.
  const base = await buildBase(issue, writer, context);
  if (build.base !== base) {
    const reason = `it starts from ${build.base.slice(0, 8)}, and the issue from ${base.slice(0, 8)}`;
    throw refuseStored({ what, reason, project, target: REVIEW_TARGET });
  }
  const { head, tree } = build;
  await restoreCommits({ what, target: targetOf(BUILD_TARGET, writer), anew: REVIEW_TARGET, start: base, head, tree }, context);
  return build;
}

/** The stored fix by one writer, with its commits in this repository. @throws UserError as for a build */
export async function restoreFix(writer: string, context: StageContext): Promise<Fix> {
  const fix = await requireFix(context, writer);
  const { start, head, tree } = fix;
  await restoreCommits({ what: `fix by ${writer}`, target: targetOf(FIX_TARGET, writer), anew: FIX_TARGET, start, head, tree }, context);
  return fix;
}
