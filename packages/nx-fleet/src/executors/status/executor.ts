import type { ExecutorContext } from '@nx/devkit';
import { fleetStatus } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';
import { log, printJson } from '../../report/log.js';
import { statusTable } from '../../report/tables.js';
import { runInMain } from '../run-in-main.js';
import type { StatusExecutorSchema } from './schema.js';

/** `fleet:status`: issues and stages with time, tokens, cost and verdict. */
export async function statusExecutor(
  { json = false }: StatusExecutorSchema,
  context: ExecutorContext,
  adapters?: Adapters,
): Promise<{ success: boolean }> {
  return runInMain(context, adapters, async ({ acting, settings }) => {
    const issues = await fleetStatus(settings, acting);
    // Nx prints lines of its own around it in every output style: on one line it is found by its first character.
    if (json) printJson(issues);
    else log.info(issues.length === 0 ? 'No issue has a worktree yet. Make one: nx g worktree --issue=42' : statusTable(issues));
    return true;
  });
}
