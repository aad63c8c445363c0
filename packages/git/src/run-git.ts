import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { printable, printableLine, UserError } from '@nx-fleet/core';
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

interface Outcome extends GitOutput {
  readonly stderr: string;
}

/** Stands for the exit code of a git that a signal ended. */
const KILLED = -1;

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

const STDERR_LENGTH = 2000;

/** Runs git without a shell. @throws Error with git's stderr, the whole of it as its cause, on an exit code that is not among the answers; UserError when git is missing */
export function createGitRunner(environment: Environment): GitRunner {
  const base = gitEnvironment(environment);
  return async (call) => {
    const outcome = await spawnGit(call, { ...base, ...call.variables });
    if ((call.answers ?? [0]).includes(outcome.exitCode)) return { exitCode: outcome.exitCode, stdout: outcome.stdout };
    const said = printable(outcome.stderr).trim();
    throw new Error(failureMessage(call, said), said === '' ? undefined : { cause: new Error(said) });
  };
}

async function spawnGit(call: GitCall, environment: Record<string, string>): Promise<Outcome> {
  const configuration = [...CONFIGURATION, ...(call.configuration ?? [])].flatMap((entry) => ['-c', entry]);
  const child = spawn('git', [...configuration, ...call.arguments], { cwd: call.cwd, env: environment, windowsHide: true });
  const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
  // A command that does not read its input may close it early; without an end, one that does would wait for ever.
  child.stdin.on('error', ignoreClosedPipe).end(call.input ?? '');
  try {
    const [exitCode] = (await once(child, 'close')) as [number | null];
    return { exitCode: exitCode ?? KILLED, stdout: stdout(), stderr: stderr() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    if (!existsSync(call.cwd)) throw new Error(`git was to run in "${printableLine(call.cwd)}", which does not exist`, { cause: error });
    throw new UserError('"git" was not found on the PATH. Install git 2.38 or newer.');
  }
}

/** Collects a stream's text. */
function text(stream: Readable): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

function failureMessage(call: GitCall, said: string): string {
  const command = call.arguments.find((argument) => !argument.startsWith('-')) ?? 'command';
  const reason = said.slice(0, STDERR_LENGTH);
  return `git ${command} failed in "${printableLine(call.cwd)}"${reason === '' ? '' : `: ${reason}`}`;
}
