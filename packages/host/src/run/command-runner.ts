import { access, constants, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Command, CommandResult, CommandRunner } from '@nx-fleet/core';
import { RUN_VARIABLE } from '@nx-fleet/system';
import type { execa as Execa } from 'execa';
import { isProcessEnding } from './exit-guard.js';
import { newRunMark } from './run-mark.js';
import { watchProcess } from './watch-process.js';

export interface CommandRunnerOptions {
  /** How much is kept of each stream, from its end. @default 10_000_000 */
  readonly maxOutputBytes?: number;
}

const MAX_OUTPUT_BYTES = 10_000_000;
const UNSTARTABLE: ReadonlySet<string> = new Set(['ENOENT', 'EACCES', 'ENOTDIR', 'ENOEXEC']);
const NOT_STARTED = { exitCode: null, signal: null, stdout: '', stderr: '', durationMs: 0 } as const;

/** Starts processes, each in a group of its own of which nothing is left afterwards. */
export function createCommandRunner(options: CommandRunnerOptions = {}): CommandRunner {
  const maxOutputBytes = options.maxOutputBytes ?? MAX_OUTPUT_BYTES;
  return { run: (command) => runCommand(command, maxOutputBytes) };
}

async function runCommand(command: Command, maxOutputBytes: number): Promise<CommandResult> {
  const folder = await requireDirectory(command.cwd);
  // Commands that start no process do not wait for it.
  const { execa } = await import('execa');
  if (command.signal?.aborted || isProcessEnding()) {
    return { ...NOT_STARTED, ended: 'cancelled' };
  }
  const startedAt = performance.now();
  const mark = newRunMark(folder);
  const child = startProcess(execa, command, mark);
  if (child.pid === undefined) {
    return refusedStart(command, (await child).cause);
  }
  const result = await watchProcess(command, { child, group: { leader: child.pid, mark }, maxOutputBytes });
  return { ...result, durationMs: Math.round(performance.now() - startedAt) };
}

function startProcess(execa: typeof Execa, command: Command, mark: string) {
  const outer = process.env[RUN_VARIABLE];
  return execa(command.file, [...command.args], {
    cwd: command.cwd,
    // A run inside a run carries both marks: ending the outer one finds the processes of the inner one too.
    env: { ...command.env, [RUN_VARIABLE]: outer === undefined ? mark : `${outer}/${mark}` },
    extendEnv: false,
    detached: true,
    reject: false,
    buffer: false,
    ...(command.input === undefined ? { stdin: 'ignore' as const } : { input: command.input }),
    stdout: 'pipe',
    stderr: 'pipe',
  });
}

function refusedStart(command: Command, cause: unknown): CommandResult {
  // Not there, not executable, below a file, or nothing that the system can start.
  if (UNSTARTABLE.has((cause as NodeJS.ErrnoException | undefined)?.code ?? '')) {
    return { ...NOT_STARTED, ended: 'not-found' };
  }
  throw new Error(`Cannot start "${command.file}" in "${command.cwd}".`, { cause });
}

/** The system reports a missing working directory with the same code as a missing program. @returns its real path */
async function requireDirectory(path: string): Promise<string> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new Error(`Working directory "${path}" cannot be entered.`, { cause });
  });
  if (!found.isDirectory()) {
    throw new Error(`Working directory "${path}" is not a folder.`);
  }
  return realpath(path);
}

/** Whether the system would start a program: an executable file. A name is looked up on `path`, as `execvp` does it. */
export async function hasProgram(file: string, place: { readonly cwd: string; readonly path: string }): Promise<boolean> {
  const folders = file.includes('/') ? [''] : place.path.split(path.delimiter);
  for (const folder of folders) if (await isExecutable(path.resolve(place.cwd, folder, file))) return true;
  return false;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    // Missing, not executable or not readable: the system could not start it either.
    return false;
  }
}
