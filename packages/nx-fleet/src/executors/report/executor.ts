import { logger, type ExecutorContext } from '@nx/devkit';
import { costReport, parseSince, readAgentRuns } from '@nx-fleet/core';
import { createAdapters, type Adapters } from '../../adapters.js';
import { requireMainWorktree } from '../../main-worktree.js';
import { costLines } from '../../report/cost-lines.js';
import { reportTask } from '../../report/report.js';
import { readSettings } from '../../settings/read-settings.js';
import type { ReportExecutorSchema } from './schema.js';

/** `fleet:report`: what agents cost on this machine, and what the cache saved. */
export async function reportExecutor(
  { json = false, since }: ReportExecutorSchema,
  context: ExecutorContext,
  adapters?: Adapters,
): Promise<{ success: boolean }> {
  return reportTask(async () => {
    const acting = adapters ?? createAdapters(context.root, readSettings(context.root));
    const { host } = acting;
    await requireMainWorktree(context.root, acting);
    const from = since === undefined ? {} : { since: parseSince(since, host.now()) };
    const report = costReport({ runs: await readAgentRuns(host), hits: await host.ledger.readHits(), ...from });
    // On one line it is found by its first character among those that Nx prints.
    if (json) process.stdout.write(`${JSON.stringify(report)}\n`);
    else for (const line of costLines(report)) logger.info(line);
    return true;
  });
}
