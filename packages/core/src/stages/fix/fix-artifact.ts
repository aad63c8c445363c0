import { z } from 'zod';
import { parseArtifact } from '../../artifact/artifact-store.js';
import { restoreCommits, type Restored } from '../../branch/stored-commits.js';
import { UserError } from '../../errors/user-error.js';
import { objectIdSchema } from '../../git/git.js';
import { requireFile } from '../../stage/refuse-stored.js';
import { requireIssue, type StageContext } from '../../stage/stage-context.js';
import { FIX_TARGET, parseTarget, REVIEW_TARGET, targetOf } from '../../stage/targets.js';

/** What a fix made: `fix.json`, beside `branch.bundle` with the commits where there are any. */
export const fixSchema = z.strictObject({
  agent: z.string(),
  /** What was reviewed. */
  startTree: objectIdSchema,
  /** The same when there was nothing to fix. */
  tree: objectIdSchema,
  commits: z.array(z.string()),
  /** How many findings the writer was given. */
  fixed: z.int().min(0),
});

export type Fix = z.infer<typeof fixSchema>;

/** @throws UserError when the target has not run or its artifact is not one of nx-fleet */
async function requireFix(context: StageContext, writer: string): Promise<Fix> {
  const { round } = parseTarget(context.target);
  const { project } = context;
  const fix = await readFix({ writer, round }, context);
  if (fix !== null) return fix;
  const target = targetOf(FIX_TARGET, writer, round);
  throw new UserError(
    `"${project}" has no fix of this version by ${writer}. Run: nx run ${project}:${target}; if that does not help, add --skip-nx-cache`,
  );
}

/** The fix of a round, or null. */
export async function readFix(
  { writer, round }: { readonly writer: string; readonly round: number },
  { project, host }: Pick<StageContext, 'project' | 'host'>,
): Promise<Fix | null> {
  const fix = parseArtifact(await host.artifacts.read(project, targetOf(FIX_TARGET, writer, round), 'fix.json'), fixSchema);
  return fix?.agent === writer ? fix : null;
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

export async function requireStoredFix(context: StageContext): Promise<void> {
  const { tree, startTree } = await restoreFix(parseTarget(context.target).agent, context);
  if (tree !== startTree) await requireFile('branch.bundle', context);
}
