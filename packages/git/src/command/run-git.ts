import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { printable, printableLine, type ProcessEnd, UserError } from '@nx-fleet/core';
import { type Environment, gitEnvironment } from './environment.js';

export interface GitOptions {
  /** Variables of this command alone, over the environment of the runner. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Configuration of this command alone, as `key=value`. */
  readonly configuration?: readonly string[];
  readonly input?: string;
  /** Time after which git is ended, with what it has started. @default 30 minutes */
  readonly timeoutMs?: number;
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
  readonly isLate: boolean;
}

/** Represents the exit code of a git that a signal ended. */
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
/** Large enough for the checkout and the fetch of the largest repositories, with their large files. */
const TIMEOUT_MS = 1_800_000;
const KILL_AFTER_MS = 2_000;

/** Runs git without a shell. @throws Error with git's stderr, the whole of it as its cause, on an exit code that is not among the answers; UserError when git is missing */
export function createGitRunner(environment: Environment, end?: ProcessEnd): GitRunner {
  const base = gitEnvironment(environment);
  return async (call) => {
    const outcome = await spawnGit(call, { ...base, ...call.variables }, end);
    if (outcome.isLate) throw new UserError(lateMessage(call));
    if ((call.answers ?? [0]).includes(outcome.exitCode)) return { exitCode: outcome.exitCode, stdout: outcome.stdout };
    const said = printable(outcome.stderr).trim();
    throw new Error(failureMessage(call, said), said === '' ? undefined : { cause: new Error(said) });
  };
}

/** In a group of its own, with which its helpers end: a filter for large files, a transport. */
async function spawnGit(call: GitCall, environment: Record<string, string>, end: ProcessEnd | undefined): Promise<Outcome> {
  const configuration = [...CONFIGURATION, ...(call.configuration ?? [])].flatMap((entry) => ['-c', entry]);
  const child = spawn('git', [...configuration, ...call.arguments], {
    cwd: call.cwd,
    env: environment,
    detached: true,
  });
  const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
  // A command that does not read its input may close it early; without an end, one that does would wait for ever.
  child.stdin.on('error', ignoreClosedPipe).end(call.input ?? '');
  const forget = child.pid === undefined ? undefined : end?.guardGroup(child.pid);
  const limit = limitTime(child, call.timeoutMs ?? TIMEOUT_MS);
  try {
    const [exitCode] = (await once(child, 'close')) as [number | null];
    return { exitCode: exitCode ?? KILLED, stdout: stdout(), stderr: stderr(), isLate: limit.isOver() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    if (!existsSync(call.cwd)) throw new Error(`git was to run in "${printableLine(call.cwd)}", which does not exist`, { cause: error });
    throw new UserError('"git" was not found on the PATH. Install git 2.38 or newer.');
  } finally {
    limit.stop();
    forget?.();
  }
}

/** git removes its lock files on SIGTERM; what does not listen is killed. */
function limitTime(child: ChildProcess, timeoutMs: number): { readonly isOver: () => boolean; readonly stop: () => void } {
  let isOver = false;
  let killer: NodeJS.Timeout | undefined;
  const signal = (name: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  const timer = setTimeout(() => {
    isOver = true;
    signal('SIGTERM');
    killer = setTimeout(() => signal('SIGKILL'), KILL_AFTER_MS);
  }, timeoutMs);
  const stop = (): void => {
    clearTimeout(timer);
    clearTimeout(killer);
  };
  return { isOver: () => isOver, stop };
}

function lateMessage({ arguments: words, cwd, timeoutMs = TIMEOUT_MS }: GitCall): string {
  const command = words.find((word) => !word.startsWith('-')) ?? 'command';
  return `git ${command} did not end within ${Math.round(timeoutMs / 1_000)} seconds in "${printableLine(cwd)}", and was ended. Run it there by hand to see what it waits for.`;
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

const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 50;

/**
 * Acts again when git fails, six times in all: other programs' `git worktree` commands do not know our lease, and git reads their half-written
 * registrations. A `UserError` is final. @param fix what to do before the next attempt
 */
export async function withRetries<Result>(act: () => Promise<Result>, fix?: () => Promise<unknown>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      if (error instanceof UserError || attempt === ATTEMPTS) throw error;
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random()));
      await fix?.();
    }
  }
}
