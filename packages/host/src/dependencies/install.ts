import { z } from 'zod';
import { printable, printableLine, UserError, type CommandResult, type CommandRunner, type DependencyRequest } from '@nx-fleet/core';
import type { PackageManager } from './lockfile.js';
import { parseJson } from './package-json.js';

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
      return ['install', isLocked ? '--frozen-lockfile' : '--no-lockfile', '--prefer-offline'];
    case 'yarn':
      if (isClassicYarn) {
        return ['install', isLocked ? '--frozen-lockfile' : '--no-lockfile', '--non-interactive'];
      }
      return isLocked ? ['install', '--immutable'] : ['install'];
    case 'bun':
      return ['install', isLocked ? '--frozen-lockfile' : '--no-save'];
  }
}

/** Runs the package manager in a worktree. @throws UserError with its last lines when it fails */
export async function runInstall(commands: CommandRunner, packageManager: PackageManager, request: DependencyRequest): Promise<void> {
  const args = installArguments(packageManager);
  const result = await run(commands, [packageManager.name, args], request);
  if (result.exitCode === 0) {
    return;
  }
  if (packageManager.name === 'npm' && isOutOfStep(result)) {
    // `npm ci` refuses a lockfile that lacks other platforms' packages; `npm install` gets along with it.
    const lenient = ['install', ...NPM_OPTIONS, '--no-save'];
    const second = await run(commands, ['npm', lenient], request);
    if (second.exitCode === 0) {
      return;
    }
    throw failure(['npm', lenient], second, request);
  }
  throw failure([packageManager.name, args], result, request);
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
