import {
  type CommandResult,
  type CommandRunner,
  type DependencyRequest,
  parseJson,
  printable,
  printableLine,
  UserError,
} from '@nx-fleet/core';
import { z } from 'zod';
import type { PackageManager } from './package-manager.js';

const NPM_OPTIONS = ['--no-audit', '--no-fund', '--prefer-offline'];
const SHOWN_LINES = 15;
const INTERRUPTING: ReadonlySet<string> = new Set(['SIGHUP', 'SIGINT', 'SIGTERM']);
const NDJSON = '--reporter=ndjson';
const MACHINE_OPTIONS: ReadonlySet<string> = new Set(['--json', NDJSON]);

/** Arguments of an install that changes no tracked file. */
export function installArguments({ name, lockfile, isClassicYarn }: PackageManager): readonly string[] {
  const isLocked = lockfile !== null;
  switch (name) {
    case 'npm':
      // Only as JSON does npm tell a machine why it failed.
      return isLocked ? ['ci', ...NPM_OPTIONS, '--json'] : ['install', ...NPM_OPTIONS, '--no-package-lock'];
    case 'pnpm':
      // As JSON, for its error codes: see `lacksPackage`.
      return isLocked ? ['install', '--offline', '--frozen-lockfile', NDJSON] : ['install', '--no-lockfile', '--prefer-offline'];
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
  // Without the network it is several times as fast, once its store has all. After a script that failed, a second install would leave it out.
  if (name === 'pnpm' && lockfile !== null && lacksPackage(first)) return ['install', '--prefer-offline', '--frozen-lockfile'];
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
    // Answers in JSON, of npm with its whole manual when it refuses a lockfile, are not for users.
    ...(isForMachines(args) ? {} : { onLine: (line: string) => request.onProgress(printableLine(line)) }),
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

/** One line of pnpm's output in JSON: a message of its own, or a `line` that a script has printed. */
const pnpmLineSchema = z.object({
  level: z.string(),
  code: z.unknown().optional(),
  message: z.string().optional(),
  line: z.string().optional(),
  err: z.object({ message: z.string() }).optional(),
});
const PNPM_LACKS_PACKAGE = /^ERR_PNPM_(?:NO_OFFLINE_\w+|META_FETCH_FAIL)$/;

/** pnpm's codes for what its store, or its copy of the registry's data, does not have. */
function lacksPackage({ stdout }: CommandResult): boolean {
  return stdout.split('\n').some((text) => {
    const { level, code } = pnpmLineSchema.safeParse(parseJson(text)).data ?? {};
    return level === 'error' && typeof code === 'string' && PNPM_LACKS_PACKAGE.test(code);
  });
}

/** pnpm 10 prints the output of scripts as it is, between its lines of JSON. */
function pnpmText(text: string): readonly string[] {
  const { data } = pnpmLineSchema.safeParse(parseJson(text));
  if (data === undefined) return [text];
  return [data.line ?? (data.level === 'debug' ? undefined : (data.message ?? data.err?.message))].filter((line) => line !== undefined);
}

function isForMachines(args: readonly string[]): boolean {
  return args.some((argument) => MACHINE_OPTIONS.has(argument));
}

function failure([file, args]: CommandLine, result: CommandResult, request: DependencyRequest): UserError {
  const line = [file, ...args.filter((argument) => !MACHINE_OPTIONS.has(argument))].join(' ');
  if (result.ended === 'not-found') {
    return new UserError(
      `Cannot find "${file}", which installs the dependencies of "${request.to}". Install it, then run the command again.`,
    );
  }
  // What was made for it may be gone by now, and it has nothing to correct.
  if (result.ended === 'cancelled' || INTERRUPTING.has(result.signal ?? '')) {
    return new UserError(`"${line}" was interrupted. Run the same command again: it continues from there.`);
  }
  const lastLines = outputForPeople(args, result).trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
  const how = result.exitCode === null ? `was ended (${result.signal ?? result.ended})` : `failed with exit code ${result.exitCode}`;
  // The worktree may be removed after this: the lines below must be enough to continue with.
  return new UserError(`"${line}" ${how} in "${request.to}". Correct what it reports, then run the command again:\n${lastLines}`);
}

function outputForPeople(args: readonly string[], { stdout, stderr }: CommandResult): string {
  if (args.includes(NDJSON)) return printable([...stdout.split('\n').flatMap(pnpmText), stderr].join('\n'));
  return printable(stderr.trim() === '' ? stdout : stderr);
}
