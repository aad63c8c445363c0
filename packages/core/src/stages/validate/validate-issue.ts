import type { ValidateStageSettings } from './validate.stage.js';
import type { Validation } from './validation-artifact.js';
import { requireCheckout } from '../../branch/checkout-artifact.js';
import { claimBuild } from '../../branch/claim-build.js';
import { noteChecks } from '../../branch/interrupted-checks.js';
import { requireCleanWorktree, requireNothingLeft, requireUnchanged } from '../../branch/own-branch.js';
import type { CheckResult } from '../../check/check-result.js';
import { requirePrograms } from '../../check/command-words.js';
import { type ChecksRequest, runChecks } from '../../check/run-checks.js';
import { UserError } from '../../errors/user-error.js';
import { requireIssue, type StageContext, type StageIssue } from '../../stage/stage-context.js';
import { recordStage } from '../../stage/stage-recorder.js';
import { inFreshWorktree } from '../../worktree/fresh-worktree.js';

/**
 * Runs the checks on what is committed on the branch: in a fresh worktree, or the issue's if the settings say so or it is the user's own checkout. A failing check fails the stage: Nx stores no
 * failure, so the next run checks again, and no reviewer is paid for code that does not pass.
 */
export async function validateIssue(settings: ValidateStageSettings, context: StageContext): Promise<Validation> {
  const { git, host, project, target } = context;
  const issue = await requireIssue(context);
  const { base, head, baseTree, tree } = await requireCheckout(context);
  await claimBuild(context);
  await requireCleanWorktree(issue, context);
  if ((await git.resolveTree(`refs/heads/${issue.manifest.branch}`)) !== tree) {
    throw new UserError(`"${issue.manifest.branch}" changed after its cache key was made. Run again: nx run ${project}:${target}`);
  }
  return recordStage(context, async (recorder) => {
    const isFresh = settings.in === 'fresh' && issue.local.here !== true;
    const request = { checks: settings.checks, passEnv: settings.passEnv, base, recorder };
    const results = isFresh
      ? await runFreshChecks(request, { issue, commit: head }, context)
      : await runNotedChecks(request, issue, context);
    const failed = results.find(({ outcome }) => outcome === 'failed');
    const validation: Validation = { baseTree, tree, checks: results.map(({ command, outcome }) => ({ command, outcome })) };
    await host.artifacts.write(project, target, 'validation.json', `${JSON.stringify(validation, null, 2)}\n`);
    if (failed?.ended === 'not-found') await requirePrograms(settings, issue, context);
    if (failed !== undefined) throw failedCheck(failed, issue, context);
    if (!isFresh) await requireUnchanged({ who: 'The checks', tree, issue }, context);
    return validation;
  });
}

function runFreshChecks(
  request: ChecksRequest,
  { issue, commit }: { readonly issue: StageIssue; readonly commit: string },
  context: StageContext,
): Promise<readonly CheckResult[]> {
  return inFreshWorktree({ issue, commit }, context, async (fresh) => {
    const results = await runChecks({ ...request, env: fresh.env, setUp: fresh.setUp }, fresh.issue, context);
    // A check after one that rewrites files would have passed on what is not committed.
    if (results.every(({ outcome }) => outcome !== 'failed')) await requireNothingLeft('The checks', fresh.issue, context);
    return results;
  });
}

async function runNotedChecks(request: ChecksRequest, issue: StageIssue, context: StageContext): Promise<readonly CheckResult[]> {
  const checksEnded = await noteChecks(issue, context);
  let isCancelled = false;
  try {
    const results = await runChecks(request, issue, context);
    isCancelled = results.at(-1)?.ended === 'cancelled';
    return results;
  } finally {
    await checksEnded(isCancelled || context.signal?.aborted === true);
  }
}

function failedCheck({ command, ended }: CheckResult, { local, manifest }: StageIssue, { project, target }: StageContext): UserError {
  if (ended === 'cancelled') return new UserError(`Check "${command}" was cancelled. To continue: nx run ${project}:${target}`);
  return new UserError(
    `Check "${command}" failed on what is committed (${ended}). Fix it in "${local.worktree}", commit, and run again; or have it built again: nx g worktree --issue=${manifest.tracker.reference} --again`,
  );
}
