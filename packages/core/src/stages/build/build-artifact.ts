import { z } from 'zod';
import { objectIdSchema } from '../../git/git.js';
import { parseArtifact } from '../../artifact/artifact-store.js';
import { UserError } from '../../errors/user-error.js';
import { requireIssue, type StageContext, type StageIssue } from '../../stage/stage-context.js';
import { BUILD_TARGET, parseTarget, REVIEW_TARGET, targetOf } from '../../stage/targets.js';
import { buildBase } from './build-base.js';
import { restoreCommits, type Restored } from '../../branch/stored-commits.js';
import { refuseStored, requireFile } from '../../stage/refuse-stored.js';

/** What a build made: `build.json`, beside `branch.bundle` with the commits. */
export const buildSchema = z.strictObject({
  agent: z.string(),
  /** The files that the work starts from: those of the manifest's base, or of the approved blockers, merged. */
  baseTree: objectIdSchema,
  tree: objectIdSchema,
  /** What an earlier build held that was moved over to this base and not made again. */
  movedFrom: objectIdSchema.optional(),
  commits: z.array(z.string()),
});

export type Build = z.infer<typeof buildSchema>;

type Reading = Pick<StageContext, 'host'>;

/** The stored build by a writer, or null. */
export async function readBuild(project: string, agent: string, { host }: Reading): Promise<Build | null> {
  const build = parseArtifact(await host.artifacts.read(project, targetOf(BUILD_TARGET, agent), 'build.json'), buildSchema);
  return build?.agent === agent ? build : null;
}

/** @throws UserError when the target has not run or its artifact is not one of nx-fleet */
async function requireBuild(project: string, agent: string, context: Reading): Promise<Build> {
  const build = await readBuild(project, agent, context);
  if (build !== null) return build;
  const target = targetOf(BUILD_TARGET, agent);
  throw new UserError(
    `"${project}" has no build by ${agent} of this version. Run: nx run ${project}:${target}; if that does not help, nx g worktree --issue=${project.slice('issue-'.length)} --again`,
  );
}

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

export async function requireStoredBuild(context: StageContext): Promise<void> {
  await restoreBuild(parseTarget(context.target).agent, await requireIssue(context), context);
  // Other machines need it, even where the commits are here.
  await requireFile('branch.bundle', context);
}
