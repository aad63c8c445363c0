import { logger, type ExecutorContext } from '@nx/devkit';
import { resetDatabase } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';
import { runInMain } from '../run-in-main.js';
import type { DbResetExecutorSchema } from './schema.js';

/** `issue-42:db-reset`: a fresh copy of the database in place of the worktree's own. */
export async function dbResetExecutor(
  _: DbResetExecutorSchema,
  context: ExecutorContext,
  adapters?: Adapters,
): Promise<{ success: boolean }> {
  return runInMain(context, adapters, async ({ acting, settings, location }) => {
    const onProgress = (line: string): void => logger.info(line);
    const database = await resetDatabase({ project: context.projectName ?? '', location, settings, onProgress }, acting);
    logger.info(
      database === null ? 'No database is configured: there is nothing to reset.' : `database ${database} is as its source again`,
    );
    return true;
  });
}
