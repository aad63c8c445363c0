import type { Database } from '../../database/database.js';
import { UserError } from '../../errors/user-error.js';
import type { LocalState } from '../../manifest/manifest.js';
import type { Step } from '../provisioning-steps.js';
import { commandEnvironment, databaseRequest, showDetail } from '../worktree-work.js';

/**
 * A branch of the database. Its server may be down or full: the worktree is made all the same, without a database, and no stage runs in it
 * until the same command has made one.
 */
export const databaseStep: Step = {
  name: 'database',
  make: async (work, { host, database }) => {
    try {
      work.found.database = await database.createBranch(await databaseRequest(work, host));
      if (work.found.database !== null) showDetail(work, `database ${work.found.database.description}`);
    } catch (error) {
      if (!(error instanceof UserError) || work.signal?.aborted === true) throw error;
      work.found.databaseFailure = error.message;
      work.onProgress(`no database: ${error.message}`);
    }
  },
  undo: async (work, { host, database }) => {
    const other = branchOfOtherType(await host.state.readLocal(work.manifest.project), database);
    if (other !== null) work.onProgress(`the database branch stays: ${other}`);
    try {
      await database.removeBranch(await databaseRequest(work, host));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // A server that is down must not keep a worktree: what stays there is an orphan that the doctor finds and removes.
      work.onProgress(`the database branch stays: ${error.message}`);
      work.found.databaseFailure = error.message;
    }
  },
};

/** What a worktree has of a database that the settings name no longer, and how it is removed; null if there is none. SQLite's goes with the worktree. */
export function branchOfOtherType(local: LocalState | null, database: Pick<Database, 'type'>): string | null {
  const type = local?.database?.split(' ', 1)[0];
  if (type === undefined || type === database.type || type === 'sqlite') return null;
  return `"${local?.database ?? ''}" was made with "database.type": "${type}". Set that again, then run: nx run fleet:doctor`;
}

/** node_modules, as the worktree's lockfile wants them. */
export const dependenciesStep: Step = {
  name: 'dependencies',
  make: async (work, { host }) => {
    if (work.here) return;
    const { allocation, location, settings, signal } = work;
    const { method, packageManager } = await host.installDependencies({
      from: location.mainWorktree,
      to: allocation.worktree,
      safety: settings.worktrees.safety,
      env: commandEnvironment(work, host),
      onProgress: (line) => showDetail(work, line, 'output'),
      ...(signal === undefined ? {} : { signal }),
    });
    if (method !== 'none') showDetail(work, `dependencies ${method} (${packageManager ?? ''})`);
  },
};
