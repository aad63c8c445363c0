import type { ExecutorContext } from '@nx/devkit';
import { costReport, parseSince, readAgentRuns } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';
import { costLines } from '../../report/cost-lines.js';
import { log, printJson } from '../../report/log.js';
import { runInMain } from '../run-in-main.js';
import type { ReportExecutorSchema } from './schema.js';

/** `fleet:report`: what agents cost on this machine, and what the cache saved. */
export async function reportExecutor(
  { json = false, since }: ReportExecutorSchema,
  context: ExecutorContext,
  adapters?: Adapters,
): Promise<{ success: boolean }> {
  return runInMain(context, adapters, async ({ acting }) => {
    const { host } = acting;
    const from = since === undefined ? {} : { since: parseSince(since, host.now()) };
    const report = costReport({ runs: await readAgentRuns(host), hits: await host.ledger.readHits(), ...from });
    // On one line it is found by its first character among those that Nx prints.
    if (json) printJson(report);
    else for (const line of costLines(report)) log.info(line);
    return true;
  });
}
