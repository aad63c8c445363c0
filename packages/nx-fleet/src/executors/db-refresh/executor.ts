import type { ExecutorContext } from '@nx/devkit';
import { databaseOwner } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';
import { log } from '../../report/log.js';
import { runInMain } from '../run-in-main.js';
import type { DbRefreshExecutorSchema } from './schema.js';

/** `fleet:db-refresh`: later database branches are copies of the database as it is now. */
export async function dbRefreshExecutor(
  _: DbRefreshExecutorSchema,
  context: ExecutorContext,
  adapters?: Adapters,
): Promise<{ success: boolean }> {
  return runInMain(context, adapters, async ({ acting, location }) => {
    const owner = await databaseOwner(location, acting.host);
    const refreshed = await acting.database.refreshSource(owner, (line) => log.info(line));
    log.info(refreshed ?? 'Database branches are always copied from the current database: nothing to refresh.');
    return true;
  });
}
