import type { ExecutorContext } from '@nx/devkit';
import { resetDatabase } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';
import { log } from '../../report/log.js';
import { runInMain } from '../run-in-main.js';
import type { DbResetExecutorSchema } from './schema.js';

/** `issue-42:db-reset`: a fresh copy of the database in place of the worktree's own. */
export async function dbResetExecutor(
  _: DbResetExecutorSchema,
  context: ExecutorContext,
  adapters?: Adapters,
): Promise<{ success: boolean }> {
  return runInMain(context, adapters, async ({ acting, settings, location }) => {
    const onProgress = (line: string): void => log.info(line);
    const database = await resetDatabase({ project: context.projectName ?? '', location, settings, onProgress }, acting);
    log.info(database === null ? 'No database is configured: there is nothing to reset.' : `database ${database} was reset to its source`);
    return true;
  });
}
