import { isBuiltin } from 'node:module';
import { printableLine, type CommandResult } from '@nx-fleet/core';
import { BUSY_TIMEOUT_MS, COPY_TIMEOUT_MS, copyEnvironment, type CopyContext, type CopyMethod, type CopyOutcome } from './copy-method.js';
import { COPY_SCRIPT, NO_DRIVER_EXIT_CODE } from './copy-script.js';

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
