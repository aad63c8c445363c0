import type { Hit, Ledger } from './ledger.js';
import { isInexactSource } from './spending.js';
import { CHECKS_STEP, type RunRecord, runRecordSchema, runTotals } from '../agent/run-record.js';
import { type ArtifactStore, parseArtifact } from '../artifact/artifact-store.js';

/** A task of the command that runs now. */
export interface FleetTask {
  readonly project: string;
  readonly target: string;
}

export interface HitContext {
  readonly ledger: Ledger;
  readonly artifacts: ArtifactStore;
  readonly now: () => Date;
}

/**
 * Notes which finished tasks of this command had their result from the cache. A hit runs no code of nx-fleet: the tasks after it find a finished
 * run's record that no agent run of this command made. Each result counts once per command.
 */
export async function noteHits(tasks: readonly FleetTask[], { ledger, artifacts, now }: HitContext): Promise<void> {
  if (tasks.length === 0) return;
  const [payments, hits] = await Promise.all([ledger.readPayments(), ledger.readHits()]);
  const known = new Set(
    [...payments.filter((payment) => payment.kind === 'start'), ...hits].filter(({ run }) => run === ledger.run).map(resultId),
  );
  const found: Hit[] = [];
  for (const { project, target } of tasks) {
    const record = parseArtifact(await artifacts.read(project, target, 'run.json'), runRecordSchema);
    if (record === null || record.key === null || record.outcome !== 'completed' || agentSteps(record).length === 0) continue;
    if (known.has(resultId({ project, target, key: record.key }))) continue;
    found.push({ at: now().toISOString(), run: ledger.run, project, target, key: record.key, ...costOf(record) });
  }
  await ledger.addHits(found);
}

function costOf(record: RunRecord): Pick<Hit, 'costUsd' | 'isInexact'> {
  return { costUsd: runTotals(record).costUsd, isInexact: agentSteps(record).some(({ costSource }) => isInexactSource(costSource)) };
}

function agentSteps({ steps }: RunRecord): RunRecord['steps'] {
  return steps.filter(({ what }) => what !== CHECKS_STEP);
}

/** One text for one result of one task. */
export function resultId({ project, target, key }: Pick<Hit, 'project' | 'target'> & { readonly key: string | null }): string {
  return [project, target, key ?? ''].join('\n');
}
