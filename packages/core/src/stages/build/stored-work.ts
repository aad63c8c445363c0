import { UserError } from '../../errors/user-error.js';
import { requireBuild, type Build } from './build-artefact.js';
import { buildBase } from './build-base.js';
import { requireFix, type Fix } from '../fix/fix-artefact.js';
import { requireIssue, type StageContext, type StageIssue } from '../../stage/stage-context.js';
import { restoreCommits } from '../../branch/stored-commits.js';
import { refuseStored, requireFile } from '../../stage/refuse-stored.js';
import { BUILD_TARGET, FIX_TARGET, parseTarget, REVIEW_TARGET, targetOf } from '../../stage/targets.js';

/** Stored work with its commits in this repository. */
export type Restored<Work> = Work & { readonly base: string; readonly head: string };

/**
 * The stored build of an issue, on the commit that the issue starts from here.
 * @throws UserError when it has none, or one that is not what it says. With another base a part of the work would be in no diff
 */
export async function restoreBuild(writer: string, issue: StageIssue, context: StageContext): Promise<Restored<Build>> {
  const { git, project } = context;
  const what = `build by ${writer}`;
  const build = await requireBuild(project, writer, context);
  const base = await buildBase(issue, context);
  const baseTree = await git.resolveTree(base);
  if (build.baseTree !== baseTree) {
    const reason = `it starts from ${build.baseTree.slice(0, 8)}, and the issue from ${baseTree?.slice(0, 8) ?? 'nothing'}`;
    throw refuseStored({ what, reason, project, target: REVIEW_TARGET });
  }
  const { tree } = build;
  const { branch } = issue.manifest;
  const stored = { what, target: targetOf(BUILD_TARGET, writer), again: REVIEW_TARGET, baseTree, tree, onto: base, branch };
  return { ...build, base, head: await restoreCommits(stored, context) };
}

/** The stored fix by one writer, on what is on the branch: what was reviewed, or the fix itself. @throws UserError as for a build */
export async function restoreFix(writer: string, context: StageContext): Promise<Restored<Fix>> {
  const { git, project, target } = context;
  const issue = await requireIssue(context);
  const { branch } = issue.manifest;
  const fix = await requireFix(context, writer);
  const base = await git.readRef(`refs/heads/${branch}`);
  const tree = base === null ? null : await git.resolveTree(base);
  if (base === null || (tree !== fix.tree && tree !== fix.startTree)) {
    throw new UserError(`"${branch}" changed since it was reviewed. Run again: nx run ${project}:${REVIEW_TARGET}`);
  }
  if (tree === fix.tree) return { ...fix, base, head: base };
  const from = targetOf(FIX_TARGET, writer, parseTarget(target).round);
  const trees = { baseTree: fix.startTree, tree: fix.tree };
  const stored = { what: `fix by ${writer}`, target: from, again: FIX_TARGET, ...trees, onto: base, branch };
  return { ...fix, base, head: await restoreCommits(stored, context) };
}

export async function requireStoredBuild(context: StageContext): Promise<void> {
  await restoreBuild(parseTarget(context.target).agent, await requireIssue(context), context);
  // Other machines need it, even where the commits are here.
  await requireFile('branch.bundle', context);
}

export async function requireStoredFix(context: StageContext): Promise<void> {
  const { tree, startTree } = await restoreFix(parseTarget(context.target).agent, context);
  if (tree !== startTree) await requireFile('branch.bundle', context);
}
