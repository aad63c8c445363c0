import { runAgent } from '../agent/ask-agent.js';
import { CHECKS_STEP } from '../agent/run-record.js';
import { runChecks, worktreeVariables, type CheckResult } from '../check/run-checks.js';
import { UserError } from '../errors/user-error.js';
import { fence, renderPrompt } from '../prompt/render-prompt.js';
import { printableLine } from '../text/printable.js';
import type { Build } from './build-artefact.js';
import { buildBase } from './build-base.js';
import { claimBuild } from './claim-build.js';
import { isOwnWork, moveBranch, requireCleanWorktree } from './own-branch.js';
import { renderPlan } from './plan-artefact.js';
import { buildingRef, builtRef } from './refs.js';
import { requirePlan } from './require-plan.js';
import { requireIssue, type StageContext, type StageIssue } from './stage-context.js';
import { recordStage, type StageRecorder } from './stage-recorder.js';
import type { BuildStageSettings } from './stage-settings.js';

const MAX_FAILURE_CHARACTERS = 20_000;

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
  const tip = await git.readRef(`refs/heads/${manifest.branch}`);
  if (tip !== null && !(await isOwnWork(tip, base, context))) {
    const foreign = await git.log(base, tip);
    throw new UserError(
      `A build starts from ${base.slice(0, 8)}, and "${manifest.branch}" has ${foreign.length} commit(s) that no build made ("${printableLine(foreign[0]?.subject ?? '')}"). To keep them, put them on a branch of their own; then: git -C "${issue.local.worktree}" reset --hard ${base.slice(0, 12)}`,
    );
  }
  return recordStage(context, async (recorder) => {
    await moveBranch(base, issue, context);
    await git.writeRef(buildingRef(project), base);
    await attemptUntilChecksPass(base, settings, issue, { context, recorder });
    const build = await storeBuild(base, settings.agent, issue, context);
    await git.writeRef(builtRef(project), build.head);
    await git.deleteRef(buildingRef(project));
    return build;
  });
}

interface Attempting {
  readonly context: StageContext;
  readonly recorder: StageRecorder;
}

async function attemptUntilChecksPass(
  base: string,
  settings: BuildStageSettings,
  issue: StageIssue,
  { context, recorder }: Attempting,
): Promise<void> {
  const { git, project } = context;
  const { worktree } = issue.local;
  const template = await context.prompt('build');
  const plan = fence('markdown', renderPlan(await requirePlan(project, context)));
  const env = await worktreeVariables(issue, context);
  let failed: CheckResult | undefined;
  let head = base;
  for (let attempt = 1; attempt <= settings.attempts; attempt++) {
    const prompt = renderPrompt('build', template, { spec: fence('markdown', issue.spec), plan, failures: failureText(failed) });
    const what = attempt === 1 ? 'build' : `build, attempt ${attempt}`;
    await runAgent({ settings, what, cwd: worktree, prompt, readOnly: false, env }, context, recorder);
    await requireOnBranch(issue, context);
    await git.commitAll(worktree, commitMessage(issue, attempt));
    const newHead = (await git.readRef(`refs/heads/${issue.manifest.branch}`)) ?? base;
    if (newHead === base) {
      throw new UserError(
        `${settings.agent} changed nothing in "${worktree}". Look at its transcript.jsonl, sharpen the issue, and run again.`,
      );
    }
    if (!(await git.isAncestor(base, newHead))) {
      throw new UserError(
        `${settings.agent} took "${issue.manifest.branch}" away from the commit ${base.slice(0, 8)} that it starts from. Run again: its work is kept.`,
      );
    }
    if (newHead === head) return context.onProgress(`attempt ${attempt}: ${settings.agent} changed nothing more`);
    head = newHead;
    failed = await firstFailedCheck(base, settings, issue, { context, recorder });
    if (failed === undefined) return;
    const next = attempt < settings.attempts ? 'a fresh writer gets its output' : 'no attempt is left';
    context.onProgress(`attempt ${attempt}: "${failed.command}" failed (${failed.ended}); ${next}`);
  }
}

async function firstFailedCheck(
  base: string,
  settings: BuildStageSettings,
  issue: StageIssue,
  { context, recorder }: Attempting,
): Promise<CheckResult | undefined> {
  const startedAt = context.host.now().getTime();
  const failed = (await runChecks({ ...settings, base }, issue, context)).find((result) => !result.passed);
  const durationMs = context.host.now().getTime() - startedAt;
  const ended = failed === undefined ? 'passed' : `failed: ${failed.command}`;
  recorder.addStep({ what: CHECKS_STEP, ended, durationMs, costUsd: null, usage: [] });
  return failed;
}

async function storeBuild(
  base: string,
  agent: string,
  { manifest }: StageIssue,
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

async function requireOnBranch({ local, manifest }: StageIssue, { git }: StageContext): Promise<void> {
  const branch = await git.currentBranch(local.worktree);
  if (branch === manifest.branch) return;
  throw new UserError(
    `The writer left "${local.worktree}" on ${branch === null ? 'a detached HEAD' : `"${branch}"`}. Switch back, then run again: git -C "${local.worktree}" switch ${manifest.branch}`,
  );
}

function commitMessage({ manifest }: StageIssue, attempt: number): string {
  const subject = attempt === 1 ? manifest.title : `${manifest.title} (attempt ${attempt}: mend the checks)`;
  return `${subject}\n\nIssue: ${manifest.tracker.url ?? manifest.tracker.reference}`;
}

function failureText(failed: CheckResult | undefined): string {
  if (failed === undefined) return 'None yet.';
  return `\`${failed.command}\` failed (${failed.ended}). An earlier writer's work is committed; mend it. The end of the output:\n\n${fence('text', failed.output.slice(-MAX_FAILURE_CHARACTERS))}`;
}
