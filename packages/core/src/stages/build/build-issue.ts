import { attemptBuild, type WriterTask } from './attempt-build.js';
import { type Build, readBuild } from './build-artifact.js';
import { buildBase } from './build-base.js';
import type { BuildStageSettings } from './build.stage.js';
import { claimBuild } from '../../branch/claim-build.js';
import { clearAttempt, moveBranch, requireCleanWorktree, requireOwnWork } from '../../branch/own-branch.js';
import { buildingRef, builtRef } from '../../branch/refs.js';
import { setUpForWork } from '../../branch/set-up-worktree.js';
import { fence, renderPrompt } from '../../prompt/render-prompt.js';
import { requireIssue, type StageContext, type StageIssue } from '../../stage/stage-context.js';
import { isOfRecipe, recordStage } from '../../stage/stage-recorder.js';
import { printableLine } from '../../text/printable.js';
import { installWorktreeDependencies } from '../../worktree/worktree-work.js';
import { renderPlan, requirePlan } from '../plan/plan-artifact.js';

/** A build, and the commit that it is here. */
export type Built = Build & { readonly head: string };

/**
 * The writer edits the worktree, starting from the base; we commit. Failing checks go to a fresh writer until they pass or the attempts are used
 * up: then the build stands as it is, and `agent-validate` fails, which costs nothing to repeat. Where nothing is new but the base, the build
 * that is here is moved over, and made again only if it does not fit.
 */
export async function buildIssue(settings: BuildStageSettings, context: StageContext): Promise<Built> {
  const { git, project } = context;
  const issue = await requireIssue(context);
  const { agent } = settings;
  const base = await buildBase(issue, context);
  const moved = await moveBuild({ agent, base }, context);
  if (moved !== null) return recordStage(context, () => storeBuild({ ...moved, agent, base }, context));
  await claimBuild(context);
  await requireCleanWorktree(issue, context);
  await requireOwnWork(base, issue, context);
  return recordStage(context, async (recorder) => {
    await git.writeRef(buildingRef(project), base);
    await moveBranch(base, issue, context);
    await git.writeRef(builtRef(project), base);
    try {
      await installWorktreeDependencies(issue, settings.passEnv, context);
      await setUpForWork(issue, context);
      const task = await buildTask(issue, context);
      await attemptBuild({ task, start: base, base, settings, issue, recorder }, context);
    } catch (error) {
      // A writer that left the branch left a state that only the user can judge.
      if ((await git.currentBranch(issue.local.worktree)) === issue.manifest.branch) await clearAttempt(base, issue, context);
      throw error;
    }
    const head = await git.resolveCommit(`refs/heads/${issue.manifest.branch}`);
    if (head === null) throw new Error(`branch "${issue.manifest.branch}" vanished during its build`);
    const build = await storeBuild({ base, agent, head }, context);
    await git.writeRef(builtRef(project), build.head);
    await git.deleteRef(buildingRef(project));
    return build;
  });
}

interface BuildStart {
  readonly agent: string;
  readonly base: string;
}

interface BuildToStore extends BuildStart {
  readonly head: string;
  readonly movedFrom?: string;
}

/** The build that is here, on another base, if it was made of all the same. The branch is none of its business. */
async function moveBuild({ agent, base }: BuildStart, context: StageContext): Promise<Pick<BuildToStore, 'head' | 'movedFrom'> | null> {
  const { git, host, project, target, onProgress } = context;
  const build = await readBuild(project, agent, context);
  if (build === null || !(await isOfRecipe(target, context)) || build.baseTree === (await git.resolveTree(base))) return null;
  if ((await git.resolveTree(build.baseTree)) === null) return null;
  const bundle = `${host.artifacts.directory(project, target)}/branch.bundle`;
  // What is damaged is made again.
  const moved = await git.fetchBundle(bundle, build.baseTree, base).catch(() => null);
  if (moved?.kind === 'merged' && moved.commit !== base) {
    onProgress(`the base changed: moved its commits to ${base.slice(0, 8)} without asking an agent`);
    return { head: moved.commit, movedFrom: build.tree };
  }
  onProgress('the base changed and its commits conflict with it: built again');
  return null;
}

async function buildTask(issue: StageIssue, context: StageContext): Promise<WriterTask> {
  const template = await context.prompt('build');
  const spec = fence('markdown', issue.spec);
  const plan = fence('markdown', renderPlan(await requirePlan(context.project, context)));
  const prompt = (failures: string): string => renderPrompt('build', template, { spec, plan, failures });
  return { what: 'build', prompt, purpose: 'issue' };
}

async function storeBuild({ base, agent, head, movedFrom }: BuildToStore, context: StageContext): Promise<Built> {
  const { git, host, project, target } = context;
  const [baseTree, tree] = [await git.resolveTree(base), await git.resolveTree(head)];
  if (baseTree === null || tree === null) throw new Error(`the build of "${project}" vanished`);
  const commits = (await git.log(base, head)).map((commit) => printableLine(commit.subject));
  const build: Build = { agent, baseTree, tree, ...(movedFrom === undefined ? {} : { movedFrom }), commits };
  await git.createBundle(`${host.artifacts.directory(project, target)}/branch.bundle`, base, head);
  await host.artifacts.write(project, target, 'build.json', `${JSON.stringify(build, null, 2)}\n`);
  return { ...build, head };
}
