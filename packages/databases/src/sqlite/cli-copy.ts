import { devNull } from 'node:os';
import { printableLine, type CommandResult } from '@nx-fleet/core';
import { BUSY_TIMEOUT_MS, COPY_TIMEOUT_MS, copyEnvironment, type CopyContext, type CopyMethod } from './copy-method.js';

/** Copies with the program `sqlite3`. Its `.backup` is no choice: it starts over whenever another process writes. */
export function createCliCopy({ commands, env }: CopyContext): CopyMethod {
  const run = (cwd: string, args: readonly string[]): Promise<CommandResult> =>
    commands.run({
      file: 'sqlite3',
      // Without `-init`, the user's ~/.sqliterc would decide on the form of the output.
      args: ['-batch', '-bail', '-init', devNull, '-list', '-noheader', ...args],
      cwd,
      env: copyEnvironment(env),
      timeoutMs: COPY_TIMEOUT_MS,
    });
  return {
    name: 'sqlite3',
    readsDatabase: true,
    copy: async ({ source, target, mainWorktree }) => {
      const wait = `.timeout ${BUSY_TIMEOUT_MS}`;
      const copied = await run(mainWorktree, ['-cmd', wait, source, `VACUUM INTO '${target.replaceAll("'", "''")}'`]);
      if (copied.ended === 'not-found') {
        return { kind: 'unavailable', reason: 'sqlite3 is not installed' };
      }
      if (copied.exitCode !== 0) {
        return { kind: 'failed', reason: printableLine(copied.stderr) || `sqlite3 ${copied.ended}` };
      }
      const checked = await run(mainWorktree, [target, 'PRAGMA quick_check']);
      return checked.exitCode === 0 && checked.stdout.trim() === 'ok'
        ? { kind: 'copied', by: 'sqlite3' }
        : { kind: 'failed', reason: `quick_check of the copy: ${printableLine(checked.stdout + checked.stderr)}` };
    },
  };
}
