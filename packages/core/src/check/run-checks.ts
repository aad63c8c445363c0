import { UserError } from '../errors/user-error.js';
import { worktreeRedactor } from '../environment/worktree-redactor.js';
import { CHECKS_STEP } from '../agent/run-record.js';
import type { CommandResult } from '../host/command.js';
import type { StageContext, StageIssue } from '../stages/stage-context.js';
import type { StageRecorder } from '../stages/stage-recorder.js';
import { setUpForWork } from '../stages/set-up-worktree.js';
import type { CommandLine } from '../settings/settings.js';
import { printable } from '../text/printable.js';
import { createLineRedactor } from '../text/redact.js';
import { SetupFailure } from '../worktree/steps/setup-step.js';
import { installWorktreeDependencies } from '../worktree/worktree-dependencies.js';
import { worktreeEnvironment } from '../worktree/worktree-environment.js';
import { commandText, commandWords } from './command-words.js';

export interface CheckResult {
  /** As configured: `nx affected -t test --base={base}`. */
  readonly command: string;
  readonly passed: boolean;
  /** `exit code 1`, `timed-out`, … */
  readonly ended: string;
  /** All output, without control characters and secrets. */
  readonly output: string;
  readonly durationMs: number;
}

export interface ChecksRequest {
  readonly checks: readonly CommandLine[];
  readonly passEnv: readonly string[];
  /** Commit that the branch's own work starts from: `{base}`. */
  readonly base: string;
  readonly recorder: Pick<StageRecorder, 'addStep'>;
}

/** Runs the checks one after the other in the worktree, with its ports and database; stops at the first that fails. */
export async function runChecks(request: ChecksRequest, issue: StageIssue, context: StageContext): Promise<readonly CheckResult[]> {
  const { host, limits, onProgress, signal } = context;
  const startedAt = host.now().getTime();
  const { worktree } = issue.local;
  const env = { ...worktreeEnvironment(worktree, host.env, request.passEnv), ...(await worktreeVariables(issue, context)) };
  const redact = await worktreeRedactor({ worktree, env }, host);
  const results: CheckResult[] = await installFailure(request, issue, context);
  if (results.length === 0) results.push(...(await setupFailure(issue, context)));
  for (const line of results.length > 0 ? [] : request.checks) {
    const command = commandText(line);
    const [file, ...args] = commandWords(line, { base: request.base });
    onProgress(`check: ${[file, ...args].join(' ')}`);
    const redactLine = createLineRedactor(redact);
    const result = await host.commands.run({
      file,
      args,
      cwd: worktree,
      env,
      timeoutMs: limits.checkTimeoutMs,
      onLine: (text) => onProgress(`  ${redactLine(printable(text))}`),
      ...(signal === undefined ? {} : { signal }),
    });
    const passed = result.exitCode === 0;
    const ended = howItEnded(result);
    results.push({
      command,
      passed,
      ended,
      output: redact(printable(`${result.stdout}\n${result.stderr}`)).trim(),
      durationMs: result.durationMs,
    });
    if (!passed) break;
  }
  const failed = results.find((result) => !result.passed);
  const ended = failed === undefined ? 'passed' : `failed: ${failed.command}`;
  request.recorder.addStep({ what: CHECKS_STEP, ended, durationMs: host.now().getTime() - startedAt, costUsd: null, usage: [] });
  return results;
}

function howItEnded({ ended, exitCode, signal }: CommandResult): string {
  if (ended !== 'exited') return ended;
  return exitCode === null ? `signal ${signal}` : `exit code ${exitCode}`;
}

/** Checks on other packages than the lockfile's would prove nothing. @returns the failed installation as a failed check, or nothing */
async function installFailure({ passEnv }: ChecksRequest, issue: StageIssue, context: StageContext): Promise<CheckResult[]> {
  const startedAt = context.host.now().getTime();
  try {
    await installWorktreeDependencies(issue, passEnv, context);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const durationMs = context.host.now().getTime() - startedAt;
    return [{ command: 'install dependencies', passed: false, ended: 'failed', output: error.message, durationMs }];
  }
}

/** Checks on the database of another commit would prove nothing. @returns the setup command that fails on the branch's files, or nothing */
async function setupFailure(issue: StageIssue, context: StageContext): Promise<CheckResult[]> {
  const startedAt = context.host.now().getTime();
  try {
    await setUpForWork(issue, context);
    return [];
  } catch (error) {
    if (!(error instanceof SetupFailure) || !error.failed.hasRun) throw error;
    const { command, ended, output } = error.failed;
    return [{ command, passed: false, ended, output, durationMs: context.host.now().getTime() - startedAt }];
  }
}

/** The ports and the database URL of an issue's worktree, from its env file. */
export async function worktreeVariables({ local }: StageIssue, { host }: StageContext): Promise<Record<string, string>> {
  return await host.readEnvironment(`${local.worktree}/.env.local`);
}
