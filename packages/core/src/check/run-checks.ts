import { type CheckResult, describeChecks, outcomeText, hasRunNoTask, TASKS_VARIABLE } from './check-result.js';
import { commandText, commandWords } from './command-words.js';
import { CHECKS_STEP } from '../agent/run-record.js';
import { setUpForWork } from '../branch/set-up-worktree.js';
import { worktreeRedactor } from '../environment/worktree-secrets.js';
import { UserError } from '../errors/user-error.js';
import type { CommandResult } from '../host/command.js';
import type { CommandLine } from '../settings/settings.js';
import type { StageContext, StageIssue } from '../stage/stage-context.js';
import type { StageRecorder } from '../stage/stage-recorder.js';
import { printable } from '../text/printable.js';
import { createLineRedactor } from '../text/redact.js';
import { SetupFailure } from '../worktree/steps/setup-step.js';
import { worktreeEnvironment } from '../worktree/worktree-environment.js';
import { installWorktreeDependencies } from '../worktree/worktree-work.js';

const SHOWN_LINES = 20;

export interface ChecksRequest {
  readonly checks: readonly CommandLine[];
  readonly passEnv: readonly string[];
  /** Commit that the branch's own work starts from: `{base}`. */
  readonly base: string;
  readonly recorder: Pick<StageRecorder, 'addStep'>;
  /** Variables of the checks besides the worktree's. */
  readonly env?: Readonly<Record<string, string>>;
  /** Prepares database and generated files. @throws SetupFailure @default as the issue's worktree needs it */
  readonly setUp?: () => Promise<void>;
}

/**
 * Runs the checks one after the other in the worktree, with its ports and database; stops at the first that fails. The output of each is stored
 * as `check-<number>.log`.
 */
export async function runChecks(request: ChecksRequest, issue: StageIssue, context: StageContext): Promise<readonly CheckResult[]> {
  const { host } = context;
  const startedAt = host.now().getTime();
  const results: CheckResult[] = [];
  const settle = async (result: CheckResult): Promise<void> => {
    results.push(result);
    await showResult(result, results.length, context);
  };
  const unprepared =
    (await installFailure(request, issue, context)) ?? (await setupFailure(request.setUp ?? (() => setUpForWork(issue, context)), context));
  if (unprepared !== null) await settle(unprepared);
  const { worktree } = issue.local;
  const env = { ...worktreeEnvironment(worktree, host.env, request.passEnv), ...(await worktreeVariables(issue, context)), ...request.env };
  const redact = await worktreeRedactor({ worktree, env, base: issue.manifest.base }, context);
  const count = request.checks.length;
  for (const [index, line] of unprepared === null ? request.checks.entries() : []) {
    context.onDetail(`check ${index + 1} of ${count}: ${commandText(line)}`, 'step');
    const result = await runCheck({ line, number: index + 1, base: request.base, worktree, env, redact }, context);
    await settle(result);
    if (result.outcome === 'failed') break;
  }
  const failed = results.find(({ outcome }) => outcome === 'failed');
  const ended = failed === undefined ? resultText(results) : `failed: ${failed.command}`;
  request.recorder.addStep({ what: CHECKS_STEP, ended, durationMs: host.now().getTime() - startedAt, costUsd: null, usage: [] });
  return results;
}

interface CheckToRun {
  readonly line: CommandLine;
  readonly number: number;
  readonly base: string;
  readonly worktree: string;
  readonly env: Readonly<Record<string, string>>;
  readonly redact: (text: string) => string;
}

async function runCheck({ line, number, base, worktree, env, redact }: CheckToRun, context: StageContext): Promise<CheckResult> {
  const { host, limits, project, target, signal, onDetail } = context;
  const words = commandWords(line, { base });
  const [file, ...args] = words;
  const redactLine = createLineRedactor(redact);
  const notesFile = `check-${number}.tasks`;
  // An earlier round of checks has noted its tasks there too.
  const readNotes = async (): Promise<string> => (await host.artifacts.read(project, target, notesFile)) ?? '';
  const before = (await readNotes()).length;
  const result = await host.commands.run({
    file,
    args,
    cwd: worktree,
    env: { ...env, [TASKS_VARIABLE]: `${host.artifacts.directory(project, target)}/${notesFile}` },
    timeoutMs: limits.checkTimeoutMs,
    onLine: (text) => onDetail(`  ${redactLine(printable(text))}`, 'output'),
    ...(signal === undefined ? {} : { signal }),
  });
  const endedWell = hasRunNoTask({ words, notes: (await readNotes()).slice(before), stdout: result.stdout }) ? 'ran-nothing' : 'passed';
  return {
    command: commandText(line),
    outcome: result.exitCode === 0 ? endedWell : 'failed',
    ended: howItEnded(result),
    output: redact(printable(`${result.stdout}\n${result.stderr}`)).trim(),
    durationMs: result.durationMs,
  };
}

function resultText(results: readonly CheckResult[]): string {
  return results.length > 0 && results.every(({ outcome }) => outcome === 'passed') ? 'passed' : describeChecks(results);
}

async function showResult(result: CheckResult, number: number, { host, project, target, onProgress }: StageContext): Promise<void> {
  const log = `check-${number}.log`;
  await host.artifacts.write(project, target, log, `${result.output}\n`);
  for (const line of shownLines(result, `.nx-fleet/out/${project}/${target}/${log}`)) onProgress(line);
}

/** One line for a check that passed; the end of its output for one that did not. */
function shownLines(result: CheckResult, log: string): readonly string[] {
  const { command, outcome, ended, output, durationMs } = result;
  const seconds = `${(durationMs / 1_000).toFixed(1)} s`;
  if (outcome === 'passed') return [`check passed (${seconds}): ${command}`];
  if (outcome === 'ran-nothing') return [`check ${outcomeText(result)} (${seconds}): ${command}; output: ${log}`];
  const tail = output.split('\n').slice(-SHOWN_LINES);
  return [`check failed (${ended}, ${seconds}): ${command}`, ...tail.map((text) => `  ${text}`), `all of its output: ${log}`];
}

function howItEnded({ ended, exitCode, signal }: CommandResult): string {
  if (ended !== 'exited') return ended;
  return exitCode === null ? `signal ${signal}` : `exit code ${exitCode}`;
}

/** Checks on other packages than the lockfile's would prove nothing. @returns the failed installation as a failed check, or null */
async function installFailure({ passEnv }: ChecksRequest, issue: StageIssue, context: StageContext): Promise<CheckResult | null> {
  const startedAt = context.host.now().getTime();
  try {
    await installWorktreeDependencies(issue, passEnv, context);
    return null;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const durationMs = context.host.now().getTime() - startedAt;
    return { command: 'install dependencies', outcome: 'failed', ended: 'failed', output: error.message, durationMs };
  }
}

/** Checks on the database of another commit would prove nothing. @returns the setup command that fails on the branch's files, or null */
async function setupFailure(setUp: () => Promise<void>, context: StageContext): Promise<CheckResult | null> {
  const startedAt = context.host.now().getTime();
  try {
    await setUp();
    return null;
  } catch (error) {
    if (!(error instanceof SetupFailure) || !error.failed.hasRun) throw error;
    const { command, ended, output } = error.failed;
    return { command, outcome: 'failed', ended, output, durationMs: context.host.now().getTime() - startedAt };
  }
}

/** The ports and the database URL of an issue's worktree, from its env file. */
export async function worktreeVariables({ local }: StageIssue, { host }: StageContext): Promise<Record<string, string>> {
  return await host.readEnvironment(`${local.worktree}/.env.local`);
}
