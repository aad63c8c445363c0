import { logger, type ExecutorContext } from '@nx/devkit';
import { databaseOwner } from '@nx-fleet/core';
import { createAdapters, type Adapters } from '../../adapters.js';
import { requireMainWorktree } from '../../main-worktree.js';
import { reportTask } from '../../report/report.js';
import { readSettings } from '../../settings/read-settings.js';
import type { DbRefreshExecutorSchema } from './schema.js';

/** `fleet:db-refresh`: later database branches are copies of the database as it is now. */
export async function dbRefreshExecutor(
  _: DbRefreshExecutorSchema,
  context: ExecutorContext,
  adapters?: Adapters,
): Promise<{ success: boolean }> {
  return reportTask(async () => {
    const settings = readSettings(context.root);
    const acting = adapters ?? createAdapters(context.root, settings);
    await requireMainWorktree(context.root, acting);
    const owner = await databaseOwner(await acting.git.locate(), acting.host);
    const refreshed = await acting.database.refreshSource(owner, (line) => logger.info(line));
    logger.info(refreshed ?? 'Database branches are always copies of the database as it is: there is nothing to refresh.');
    return true;
  });
}
