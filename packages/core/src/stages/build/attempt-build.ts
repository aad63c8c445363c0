import { runAgent } from '../../agent/run-agent.js';
import type { CheckResult } from '../../check/check-result.js';
import { runChecks, worktreeVariables } from '../../check/run-checks.js';
import { requirePrograms } from '../../check/command-words.js';
import { UserError } from '../../errors/user-error.js';
import { fence } from '../../prompt/render-prompt.js';
import { commitMessage, type CommitPurpose } from './commit-message.js';
import { OWN_ENV_FILES, removeInnerWorktrees } from '../../branch/keep-work.js';
import { startOver } from '../../branch/own-branch.js';
import type { StageContext, StageIssue } from '../../stage/stage-context.js';
import { transcriptFile, type StageRecorder } from '../../stage/stage-recorder.js';
import type { BuildStageSettings } from './build.stage.js';

const MAX_FAILURE_CHARACTERS = 20_000;

/** What a writer is asked for. */
export interface WriterTask {
  readonly what: 'build' | 'fix';
  /** @param failures the check that failed after the attempt before, as Markdown */
  readonly prompt: (failures: string) => string;
  /** What its first commit is for; those of later attempts are for the checks. */
  readonly purpose: CommitPurpose;
}

export interface BuildRun {
  readonly task: WriterTask;
  /** The commit that the branch is at before the first attempt. */
  readonly start: string;
  /** The commit that the issue's work starts from: what the checks compare with. */
  readonly base: string;
  readonly settings: BuildStageSettings;
  readonly issue: StageIssue;
  readonly recorder: StageRecorder;
}

/** Lets one fresh writer after the other work until the checks pass, the attempts are used up, or a writer changes nothing more. */
export async function attemptBuild(run: BuildRun, context: StageContext): Promise<void> {
  const { task, start, base, settings, issue, recorder } = run;
  await requirePrograms(settings, issue, context);
  let failed: CheckResult | undefined;
  let head = start;
  for (let attempt = 1; attempt <= settings.attempts; attempt++) {
    const newHead = await writeOnce({ ...run, attempt, prompt: task.prompt(failureText(failed)) }, context);
    if (newHead === head) return context.onProgress(`attempt ${attempt}: ${settings.agent} changed nothing more`);
    head = newHead;
    failed = (await runChecks({ ...settings, base, recorder }, issue, context)).find(({ outcome }) => outcome === 'failed');
    if (failed === undefined) return;
    if (failed.ended === 'cancelled') {
      throw new UserError(
        `Check "${failed.command}" was cancelled, and the ${task.what} with it; its work is kept. To continue: nx run ${context.project}:${context.target}`,
      );
    }
    if (failed.ended === 'not-found') return context.onProgress(`"${failed.command}" could not be started: no writer can fix that`);
    const next = attempt < settings.attempts ? 'a fresh writer gets its output' : 'no attempt is left';
    context.onProgress(`attempt ${attempt}: "${failed.command}" failed (${failed.ended}); ${next}`);
  }
}

/** @returns the branch's head after the writer's work is committed */
async function writeOnce(run: BuildRun & { readonly attempt: number; readonly prompt: string }, context: StageContext): Promise<string> {
  const { task, start, base, settings, issue, recorder, attempt, prompt } = run;
  const { git } = context;
  const { local, manifest } = issue;
  const what = attempt === 1 ? task.what : `${task.what}, attempt ${attempt}`;
  const env = await worktreeVariables(issue, context);
  const from = (await git.readRef(`refs/heads/${manifest.branch}`)) ?? start;
  const again = async (): Promise<void> => {
    await requireOnBranch(issue, context);
    await startOver(from, issue, context);
  };
  await runAgent({ settings, what, cwd: local.worktree, prompt, readOnly: false, env, startOver: again }, context, recorder);
  await requireOnBranch(issue, context);
  await removeInnerWorktrees({ project: context.project, worktree: local.worktree, which: 'visible' }, context);
  const message = await commitMessage(
    { manifest, purpose: attempt === 1 ? task.purpose : 'checks', template: context.limits.commitTemplate, base },
    git,
  );
  await git.commitAll(local.worktree, message, { base: start, without: OWN_ENV_FILES });
  const head = (await git.readRef(`refs/heads/${manifest.branch}`)) ?? start;
  if (head === start) {
    throw new UserError(
      `${settings.agent} changed nothing in "${local.worktree}". Look at "${transcriptFile(context)}", sharpen the issue, and run again.`,
    );
  }
  if (await git.isAncestor(start, head)) return head;
  throw new UserError(
    `${settings.agent} moved "${manifest.branch}" off the commit ${start.slice(0, 8)} that it started from. Its work is kept. Run again.`,
  );
}

async function requireOnBranch({ local, manifest }: StageIssue, { git }: StageContext): Promise<void> {
  const branch = await git.currentBranch(local.worktree);
  if (branch === manifest.branch) return;
  throw new UserError(
    `The writer left "${local.worktree}" on ${branch === null ? 'a detached HEAD' : `"${branch}"`}. Switch back, then run again: git -C "${local.worktree}" switch ${manifest.branch}`,
  );
}

function failureText(failed: CheckResult | undefined): string {
  if (failed === undefined) return 'None yet.';
  return `\`${failed.command}\` failed (${failed.ended}). An earlier writer's work is committed; fix it. The end of the output:\n\n${fence('text', failed.output.slice(-MAX_FAILURE_CHARACTERS))}`;
}
