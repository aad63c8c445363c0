import { type CommandResult, type CommandRunner, printableLine } from '@nx-fleet/core';
import { pathExists } from '@nx-fleet/system';
import { constants, copyFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { devNull } from 'node:os';
import { COPY_SCRIPT, NO_DRIVER_EXIT_CODE } from './copy-script.js';
import { SIDECARS, statEntry } from './database-files.js';

export interface CopyRequest {
  /** Absolute real path of the database; it may be open, and written to, in other processes. */
  readonly source: string;
  /** Absolute path at which nothing stands yet. */
  readonly target: string;
  /** Folder that drivers are looked up from, besides the database's own. */
  readonly mainWorktree: string;
}

/** `unavailable`: this machine has not got the means. `failed`: it has, and they refused this database. */
export type CopyOutcome =
  | { readonly kind: 'copied'; readonly by: string }
  | { readonly kind: 'unavailable' | 'failed'; readonly reason: string };

/** One way to get a consistent copy. What a failed try leaves at the target is the caller's to remove. */
export interface CopyMethod {
  readonly name: string;
  /** Whether SQLite reads the database while it is copied; otherwise a broken one goes unseen. */
  readonly readsDatabase: boolean;
  copy(request: CopyRequest): Promise<CopyOutcome>;
}

export interface CopyContext {
  readonly commands: CommandRunner;
  readonly env: Readonly<Record<string, string>>;
}

/** Time that SQLite waits for other processes' locks, in milliseconds. */
const BUSY_TIMEOUT_MS = 30_000;
/** Time for a whole copy, in milliseconds: about 3 s for each 200 MB were measured. */
const COPY_TIMEOUT_MS = 600_000;

/** The environment of a program that copies: enough to be found and to start. */
function copyEnvironment(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(['PATH', 'HOME'].flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

/** SQLite's codes for a broken database and for a file that is none, as the program ends its messages. */
const BROKEN = /\((?:11|26)\)/;

/**
 * Copies with the program `sqlite3`. Within a transaction its `.backup` copies one state, however often other processes write; and unlike
 * `VACUUM INTO` it needs no functions and collations of the app.
 */
export function createCliCopy({ commands, env }: CopyContext): CopyMethod {
  const run = (cwd: string, args: readonly string[]): Promise<CommandResult> =>
    commands.run({
      file: 'sqlite3',
      // Without `-init`, the user's ~/.sqliterc would decide on the form of the output.
      // Without `-bail` the program closes the database when it fails, and leaves no files beside it.
      args: ['-batch', '-init', devNull, '-list', '-noheader', ...args],
      cwd,
      env: copyEnvironment(env),
      timeoutMs: COPY_TIMEOUT_MS,
    });
  return {
    name: 'sqlite3',
    readsDatabase: true,
    copy: async ({ source, target, mainWorktree }) => {
      const wait = `.timeout ${BUSY_TIMEOUT_MS}`;
      const backup = `.backup "${target.replace(/["\\]/g, '\\$&')}"`;
      const copied = await run(mainWorktree, ['-cmd', wait, source, 'BEGIN', 'SELECT count(*) FROM sqlite_master', backup]);
      if (copied.ended === 'not-found') {
        return { kind: 'unavailable', reason: 'sqlite3 is not installed' };
      }
      if (copied.exitCode !== 0) {
        return { kind: 'failed', reason: printableLine(copied.stderr) || `sqlite3 ${copied.ended}` };
      }
      const checked = await run(mainWorktree, [target, 'PRAGMA quick_check']);
      // Without the app's functions some databases cannot be checked.
      const isSound = checked.exitCode === 0 ? checked.stdout.trim() === 'ok' : !BROKEN.test(checked.stderr);
      return isSound
        ? { kind: 'copied', by: 'sqlite3' }
        : { kind: 'failed', reason: `quick_check of the copy: ${printableLine(checked.stdout + checked.stderr)}` };
    },
  };
}

/** Drivers that a workspace may have, with one and the same API. */
const WORKSPACE_DRIVERS = ['better-sqlite3', 'libsql'];

/** Copies with the SQLite that is part of Node (from 22.5 on). */
export function createBuiltInCopy(context: CopyContext, hasBuiltIn: boolean = isBuiltin('node:sqlite')): CopyMethod {
  return {
    name: 'node:sqlite',
    readsDatabase: true,
    copy: async (request) =>
      hasBuiltIn
        ? runCopyScript(context, [request.source, request.target, request.mainWorktree], ['node:sqlite'])
        : { kind: 'unavailable', reason: `Node ${process.versions.node} has no node:sqlite` },
  };
}

/** Copies with the driver that the workspace itself uses. */
export function createWorkspaceDriverCopy(context: CopyContext): CopyMethod {
  return {
    name: WORKSPACE_DRIVERS.join(' or '),
    readsDatabase: true,
    copy: ({ source, target, mainWorktree }) => runCopyScript(context, [source, target, mainWorktree], WORKSPACE_DRIVERS),
  };
}

type Paths = readonly [source: string, target: string, mainWorktree: string];

async function runCopyScript({ commands, env }: CopyContext, paths: Paths, drivers: readonly string[]): Promise<CopyOutcome> {
  const [source, target, mainWorktree] = paths;
  const result = await commands.run({
    file: process.execPath,
    args: ['--no-warnings', '--input-type=commonjs', '-e', COPY_SCRIPT, source, target, String(BUSY_TIMEOUT_MS), mainWorktree, ...drivers],
    cwd: mainWorktree,
    env: copyEnvironment(env),
    timeoutMs: COPY_TIMEOUT_MS,
  });
  if (result.ended === 'exited' && result.exitCode === 0) {
    return { kind: 'copied', by: printableLine(result.stdout) };
  }
  if (result.exitCode === NO_DRIVER_EXIT_CODE) {
    return { kind: 'unavailable', reason: printableLine(result.stderr) };
  }
  return { kind: 'failed', reason: describeEnd(result) };
}

function describeEnd({ ended, signal, stderr }: CommandResult): string {
  const thrown = stderr.split('\n').find((line) => /^\w*Error\b/.test(line)) ?? stderr;
  return printableLine(thrown) || `the copying process ended without a word (${signal ?? ended})`;
}

/** Copies the file as it is, if no process has the database open or writes to it. */
export function createPlainCopy(copy: typeof copyFile = copyFile): CopyMethod {
  return {
    name: 'plain copy',
    readsDatabase: false,
    copy: async ({ source, target }) => {
      const before = await fingerprint(source);
      if (before === null) {
        return { kind: 'unavailable', reason: 'the database is in use' };
      }
      await copy(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      const after = await fingerprint(source);
      return after === before
        ? { kind: 'copied', by: 'plain copy' }
        : { kind: 'unavailable', reason: 'the database was written to while it was copied' };
    },
  };
}

/** Differs when the file was written to; null while SQLite's own files beside it show that it is in use. */
async function fingerprint(source: string): Promise<string | null> {
  for (const sidecar of SIDECARS) {
    if (await pathExists(source + sidecar)) {
      return null;
    }
  }
  const stats = await statEntry(source);
  return stats && [stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(' ');
}
