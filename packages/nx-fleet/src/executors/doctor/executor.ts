import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutorContext } from '@nx/devkit';
import {
  count,
  examineFleet,
  expireBackups,
  lastingProblems,
  moveEarlierBackups,
  repairFleet,
  printableLine,
  releaseAbsentRepository,
  restoreBackup,
  type Problem,
  type ProblemReport,
  type ExamineContext,
} from '@nx-fleet/core';
import { worktreesDirectory, type Adapters } from '../../adapters.js';
import { problemTable } from '../../report/tables.js';
import { log, printJson } from '../../report/log.js';
import { runInMain } from '../run-in-main.js';
import type { DoctorExecutorSchema } from './schema.js';

/** Longer than a generator needs between writing its manifest and claiming its names. */
const SECOND_LOOK_MS = 1_500;

/** `fleet:doctor`: finishes or undoes what was interrupted, releases unused ports and databases, and reports what needs the user. */
export async function doctorExecutor(
  options: DoctorExecutorSchema,
  context: ExecutorContext,
  adapters?: Adapters,
): Promise<{ success: boolean }> {
  return runInMain(context, adapters, async ({ acting, settings, location }) => {
    const onProgress = options.json === true ? () => {} : (line: string) => log.info(line);
    if (options.dryRun !== true) await moveEarlierBackups(acting.git, onProgress);
    if (options.restore !== undefined) return restore(String(options.restore), acting);
    if (options.release !== undefined) return release({ repository: options.release, dryRun: options.dryRun ?? false }, acting);
    if (options.expire !== undefined) return expire({ days: options.expire, dryRun: options.dryRun ?? false }, acting);
    const directory = worktreesDirectory(location.mainWorktree, settings);
    const problems = await examineTwice({ location, settings, worktreesDirectory: directory, adapters: acting, onProgress });
    const reports = await repairFleet(problems, { dryRun: options.dryRun ?? false });
    if (options.json === true) printJson(reports);
    else log.info(reports.length === 0 ? 'No problems found.' : problemTable(reports));
    return reports.every(isWell);
  });
}

/** What is just being made or removed looks broken for a moment: only what is still there at a second look is repaired. */
async function examineTwice(context: ExamineContext): Promise<readonly Problem[]> {
  const first = await examineFleet(context);
  if (first.length === 0) return [];
  await sleep(SECOND_LOOK_MS);
  return lastingProblems(first, await examineFleet(context));
}

function isWell({ outcome }: ProblemReport): boolean {
  return outcome === 'repaired' || outcome === 'would-repair' || outcome === 'noted';
}

async function restore(what: string, { git }: Adapters): Promise<boolean> {
  const { branch, kept } = await restoreBackup(what, git);
  log.info(`Restored the work of ${kept.project} from ${kept.keptAt.toISOString()} to branch "${branch}"`);
  log.info(`Next: nx g worktree --issue=${kept.project.replace(/^issue-/, '')} --branch=${branch}`);
  return true;
}

async function release(
  { repository, dryRun }: { readonly repository: string; readonly dryRun: boolean },
  { host }: Adapters,
): Promise<boolean> {
  const holdings = await releaseAbsentRepository(repository, { host, dryRun });
  log.info(`${dryRun ? 'would release' : 'released'} ${holdings} of "${printableLine(repository)}"`);
  return true;
}

async function expire({ days, dryRun }: { readonly days: number; readonly dryRun: boolean }, { git, host }: Adapters): Promise<boolean> {
  const forgotten = await expireBackups({ days, now: host.now(), dryRun }, git);
  for (const { ref } of forgotten) log.info(`${dryRun ? 'would forget' : 'forgot'} ${ref}`);
  log.info(`${dryRun ? 'would forget' : 'forgot'} ${count(forgotten.length, 'backup')} older than ${count(days, 'day')}`);
  return true;
}
