import type { Manifest } from '../manifest/manifest.js';
import { printableLine } from '../text/printable.js';
import { fence, renderPrompt } from '../prompt/render-prompt.js';
import { installWorktreeDependencies } from '../worktree/worktree-dependencies.js';
import { attemptBuild, type WriterTask } from './attempt-build.js';
import type { Build } from './build-artefact.js';
import { buildBase } from './build-base.js';
import { claimBuild } from './claim-build.js';
import { clearAttempt, moveBranch, requireCleanWorktree, requireOwnWork } from './own-branch.js';
import { renderPlan } from './plan-artefact.js';
import { buildingRef, builtRef } from './refs.js';
import { requirePlan } from './require-plan.js';
import { setUpForWork } from './set-up-worktree.js';
import { requireIssue, type StageContext, type StageIssue } from './stage-context.js';
import { recordStage } from './stage-recorder.js';
import type { BuildStageSettings } from './stage-settings.js';

/**
 * The writer edits the worktree, starting from the base; we commit. Failing checks go to a fresh writer until they pass or the attempts are used
 * up: then the build stands as it is, and `agent-validate` fails, which costs nothing to repeat.
 */
export async function buildIssue(settings: BuildStageSettings, context: StageContext): Promise<Build> {
  const { git, project } = context;
  const issue = await requireIssue(context);
  const { manifest } = issue;
  const base = await buildBase(issue, settings.agent, context);
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
      // A writer that left the branch left a state that only a person can judge.
      if ((await git.currentBranch(issue.local.worktree)) === manifest.branch) await clearAttempt(base, issue, context);
      throw error;
    }
    const build = await storeBuild({ base, agent: settings.agent, manifest }, context);
    await git.writeRef(builtRef(project), build.head);
    await git.deleteRef(buildingRef(project));
    return build;
  });
}

async function buildTask(issue: StageIssue, context: StageContext): Promise<WriterTask> {
  const template = await context.prompt('build');
  const spec = fence('markdown', issue.spec);
  const plan = fence('markdown', renderPlan(await requirePlan(context.project, context)));
  const prompt = (failures: string): string => renderPrompt('build', template, { spec, plan, failures });
  return { what: 'build', prompt, purpose: 'issue' };
}

async function storeBuild(
  { base, agent, manifest }: { readonly base: string; readonly agent: string; readonly manifest: Manifest },
  { git, host, project, target }: StageContext,
): Promise<Build> {
  const head = await git.resolveCommit(`refs/heads/${manifest.branch}`);
  const tree = head === null ? null : await git.resolveTree(head);
  if (head === null || tree === null) throw new Error(`branch "${manifest.branch}" vanished during its build`);
  const commits = (await git.log(base, head)).map((commit) => printableLine(commit.subject));
  const build: Build = { agent, base, head, tree, commits };
  await git.createBundle(`${host.artefacts.directory(project, target)}/branch.bundle`, base, head);
  await host.artefacts.write(project, target, 'build.json', `${JSON.stringify(build, null, 2)}\n`);
  return build;
}
