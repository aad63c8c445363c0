import { getSystemErrorName } from 'node:util';
import { printable, printableLine, UserError } from '@nx-fleet/core';
import { simpleGit } from 'simple-git';
import { gitEnvironment, type Environment } from './environment.js';

export interface GitOptions {
  /** Variables of this command alone, over the environment of the runner. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Configuration of this command alone, as `key=value`. */
  readonly configuration?: readonly string[];
  readonly input?: string;
  /** Exit codes that are an answer rather than a failure. @default [0] */
  readonly answers?: readonly number[];
}

export interface GitCall extends GitOptions {
  /** Absolute path of an existing folder. */
  readonly cwd: string;
  readonly arguments: readonly string[];
}

export interface GitOutput {
  readonly exitCode: number;
  readonly stdout: string;
}

export type GitRunner = (call: GitCall) => Promise<GitOutput>;

interface Outcome {
  readonly exitCode: number;
  readonly stderr: string;
  readonly error: unknown;
}

// No hook, signature, monitor or clean-up may run; locks of other processes are waited for.
const CONFIGURATION: readonly string[] = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.quotePath=false',
  'core.filesRefLockTimeout=10000',
  'core.packedRefsTimeout=10000',
  'commit.gpgSign=false',
  'tag.gpgSign=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'log.showSignature=false',
  'i18n.commitEncoding=UTF-8',
  'i18n.logOutputEncoding=UTF-8',
];

// simple-git asks for consent to what it knows to be dangerous in a stranger's hands; these values are constants of ours, or the user's own
// files and variables, of which `gitEnvironment` and `networkVariables` let through what may be.
const CONSENT = {
  allowUnsafeHooksPath: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeTemplateDir: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeSshCommand: true,
  allowUnsafeAskPass: true,
  allowUnsafeGitProxy: true,
  allowUnsafeUrlRewrite: true,
  allowUnsafeProtocolOverride: true,
  allowUnsafeFilter: true,
  allowUnsafeSubmodule: true,
};

const STDERR_LENGTH = 2000;

/** Runs git without a shell. @throws Error with git's stderr on an exit code that is not among the answers; UserError when git is missing */
export function createGitRunner(environment: Environment): GitRunner {
  const base = gitEnvironment(environment);
  return async (call) => {
    const { stdout, outcome } = await spawnGit(call, { ...base, ...call.variables });
    if ((call.answers ?? [0]).includes(outcome.exitCode)) return { exitCode: outcome.exitCode, stdout };
    if (isMissingProgram(outcome.exitCode)) throw new UserError('"git" was not found on the PATH. Install git 2.38 or newer.');
    throw new Error(failureMessage(call, outcome.stderr), { cause: outcome.error });
  };
}

async function spawnGit(call: GitCall, environment: Record<string, string>): Promise<{ stdout: string; outcome: Outcome }> {
  let outcome: Outcome = { exitCode: 0, stderr: '', error: undefined };
  const git = simpleGit({
    baseDir: call.cwd,
    config: [...CONFIGURATION, ...(call.configuration ?? [])],
    unsafe: CONSENT,
    allowEnvironment: Object.keys(environment),
    // The exit event can come before the last of the output.
    completion: { onClose: true, onExit: false },
    // Without an end, a command that reads its input would wait for ever.
    input: () => Buffer.from(call.input ?? ''),
    // simple-git takes a failure without stderr for a success; the exit code alone decides here.
    errors: (error, result) => {
      outcome = { exitCode: result.exitCode, stderr: Buffer.concat(result.stdErr).toString('utf8'), error };
      return result.exitCode === 0 ? error : undefined;
    },
  });
  const stdout = await git.env(environment).raw([...call.arguments]);
  return { stdout, outcome };
}

function isMissingProgram(exitCode: number): boolean {
  return exitCode < 0 && getSystemErrorName(exitCode) === 'ENOENT';
}

function failureMessage(call: GitCall, stderr: string): string {
  const command = call.arguments.find((argument) => !argument.startsWith('-')) ?? 'command';
  const reason = printable(stderr).trim().slice(0, STDERR_LENGTH);
  return `git ${command} failed in "${printableLine(call.cwd)}"${reason === '' ? '' : `: ${reason}`}`;
}
