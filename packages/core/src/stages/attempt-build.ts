import { runAgent } from '../agent/ask-agent.js';
import { runChecks, worktreeVariables, type CheckResult } from '../check/run-checks.js';
import { UserError } from '../errors/user-error.js';
import { fence, renderPrompt } from '../prompt/render-prompt.js';
import { renderPlan } from './plan-artefact.js';
import { requirePlan } from './require-plan.js';
import type { StageContext, StageIssue } from './stage-context.js';
import type { StageRecorder } from './stage-recorder.js';
import type { BuildStageSettings } from './stage-settings.js';

const MAX_FAILURE_CHARACTERS = 20_000;

export interface BuildRun {
  /** The commit that the branch stands at before the first attempt. */
  readonly base: string;
  readonly settings: BuildStageSettings;
  readonly issue: StageIssue;
  readonly recorder: StageRecorder;
}

/** Lets one fresh writer after the other work until the checks pass, the attempts are used up, or a writer changes nothing more. */
export async function attemptBuild(run: BuildRun, context: StageContext): Promise<void> {
  const { base, settings, issue, recorder } = run;
  const prompt = await promptOf(issue, context);
  let failed: CheckResult | undefined;
  let head = base;
  for (let attempt = 1; attempt <= settings.attempts; attempt++) {
    const newHead = await writeOnce({ ...run, attempt, prompt: prompt(failed) }, context);
    if (newHead === head) return context.onProgress(`attempt ${attempt}: ${settings.agent} changed nothing more`);
    head = newHead;
    failed = (await runChecks({ ...settings, base, recorder }, issue, context)).find((result) => !result.passed);
    if (failed === undefined) return;
    const next = attempt < settings.attempts ? 'a fresh writer gets its output' : 'no attempt is left';
    context.onProgress(`attempt ${attempt}: "${failed.command}" failed (${failed.ended}); ${next}`);
  }
}

async function promptOf(issue: StageIssue, context: StageContext): Promise<(failed: CheckResult | undefined) => string> {
  const template = await context.prompt('build');
  const spec = fence('markdown', issue.spec);
  const plan = fence('markdown', renderPlan(await requirePlan(context.project, context)));
  return (failed) => renderPrompt('build', template, { spec, plan, failures: failureText(failed) });
}

/** @returns the branch's head after the writer's work is committed */
async function writeOnce(run: BuildRun & { readonly attempt: number; readonly prompt: string }, context: StageContext): Promise<string> {
  const { base, settings, issue, recorder, attempt, prompt } = run;
  const { git } = context;
  const { local, manifest } = issue;
  const what = attempt === 1 ? 'build' : `build, attempt ${attempt}`;
  const env = await worktreeVariables(issue, context);
  await runAgent({ settings, what, cwd: local.worktree, prompt, readOnly: false, env }, context, recorder);
  await requireOnBranch(issue, context);
  await git.commitAll(local.worktree, commitMessage(issue, attempt));
  const head = (await git.readRef(`refs/heads/${manifest.branch}`)) ?? base;
  if (head === base) {
    throw new UserError(
      `${settings.agent} changed nothing in "${local.worktree}". Look at its transcript.jsonl, sharpen the issue, and run again.`,
    );
  }
  if (await git.isAncestor(base, head)) return head;
  throw new UserError(
    `${settings.agent} took "${manifest.branch}" away from the commit ${base.slice(0, 8)} that it starts from. Run again: its work is kept.`,
  );
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
