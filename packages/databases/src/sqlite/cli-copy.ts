import { devNull } from 'node:os';
import { printableLine, type CommandResult } from '@nx-fleet/core';
import { BUSY_TIMEOUT_MS, COPY_TIMEOUT_MS, copyEnvironment, type CopyContext, type CopyMethod } from './copy-method.js';

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
