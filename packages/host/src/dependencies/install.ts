import { z } from 'zod';
import {
  type CommandResult,
  type CommandRunner,
  type DependencyRequest,
  parseJson,
  printable,
  printableLine,
  UserError,
} from '@nx-fleet/core';
import type { PackageManager } from './lockfile.js';

const NPM_OPTIONS = ['--no-audit', '--no-fund', '--prefer-offline'];
const SHOWN_LINES = 15;

/** Arguments of an install that changes no tracked file. */
export function installArguments({ name, lockfile, isClassicYarn }: PackageManager): readonly string[] {
  const isLocked = lockfile !== null;
  switch (name) {
    case 'npm':
      // Only as JSON does npm tell a machine why it failed.
      return isLocked ? ['ci', ...NPM_OPTIONS, '--json'] : ['install', ...NPM_OPTIONS, '--no-package-lock'];
    case 'pnpm':
      return isLocked ? ['install', '--offline', '--frozen-lockfile'] : ['install', '--no-lockfile', '--prefer-offline'];
    case 'yarn':
      if (isClassicYarn) {
        return ['install', isLocked ? '--frozen-lockfile' : '--no-lockfile', '--non-interactive'];
      }
      return isLocked ? ['install', '--immutable'] : ['install'];
    case 'bun':
      return ['install', isLocked ? '--frozen-lockfile' : '--no-save'];
  }
}

/** Runs the package manager in a worktree, and once more where another way may do. @throws UserError with its last lines when it fails */
export async function runInstall(commands: CommandRunner, packageManager: PackageManager, request: DependencyRequest): Promise<void> {
  let line: CommandLine = [packageManager.name, installArguments(packageManager)];
  let result = await run(commands, line, request);
  const second = result.exitCode === 0 ? null : secondArguments(packageManager, result);
  if (second !== null) {
    line = [packageManager.name, second];
    result = await run(commands, line, request);
  }
  if (result.exitCode !== 0) throw failure(line, result, request);
}

/** What to try after a failure, or null. */
function secondArguments({ name, lockfile }: PackageManager, first: CommandResult): readonly string[] | null {
  // `npm ci` refuses a lockfile that lacks other platforms' packages; `npm install` gets along with it.
  if (name === 'npm' && isOutOfStep(first)) return ['install', ...NPM_OPTIONS, '--no-save'];
  // Without the network it is several times as fast, once its store has all.
  if (name === 'pnpm' && lockfile !== null && first.ended !== 'not-found') return ['install', '--prefer-offline', '--frozen-lockfile'];
  return null;
}

type CommandLine = readonly [file: string, args: readonly string[]];

async function run(commands: CommandRunner, [file, args]: CommandLine, request: DependencyRequest): Promise<CommandResult> {
  request.onProgress(`${file} ${args.join(' ')}`);
  const result = await commands.run({
    file,
    args,
    cwd: request.to,
    env: request.env,
    // npm's answer in JSON, with its whole manual when it refuses a lockfile, is not for people.
    ...(args.includes('--json') ? {} : { onLine: (line: string) => request.onProgress(printableLine(line)) }),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
  request.signal?.throwIfAborted();
  return result;
}

const npmErrorSchema = z.object({ error: z.object({ code: z.literal('EUSAGE') }) });

/** npm's code for a lockfile and a manifest that disagree. */
function isOutOfStep(result: CommandResult): boolean {
  return npmErrorSchema.safeParse(parseJson(result.stdout)).success;
}

function failure([file, args]: CommandLine, result: CommandResult, request: DependencyRequest): UserError {
  const line = [file, ...args.filter((argument) => argument !== '--json')].join(' ');
  if (result.ended === 'not-found') {
    return new UserError(
      `Cannot find "${file}", which installs the dependencies of "${request.to}". Install it, then run the command again.`,
    );
  }
  const output = printable(result.stderr.trim() === '' ? result.stdout : result.stderr).trimEnd();
  const lastLines = output.split('\n').slice(-SHOWN_LINES).join('\n');
  const how = result.exitCode === null ? `was ended (${result.signal ?? result.ended})` : `failed with exit code ${result.exitCode}`;
  return new UserError(`"${line}" ${how} in "${request.to}". Run it there by hand, then repeat the command.\n${lastLines}`);
}
