import { runRecordSchema } from '../agent/run-record.js';
import { parseArtefact } from '../artefact/parse-artefact.js';
import type { StageContext } from './stage-context.js';
import { BUILD_TARGET, E2E_TARGET, FIX_TARGET, PLAN_TARGET, VALIDATE_TARGET } from './targets.js';

/**
 * Whether the artefacts that are here come from a finished run under this very key, so that running again could only pay again.
 * Nx looks into its cache before it starts a task, and was still seen to run a stored one again (23.2.1, hits and misses mixed); and a cache can
 * have been emptied.
 */
export async function isFinished({ project, target, key, host }: StageContext): Promise<boolean> {
  if (key === null) return false;
  const record = parseArtefact(await host.artefacts.read(project, target, 'run.json'), runRecordSchema);
  if (record === null || record.key !== key || record.outcome !== 'completed') return false;
  const directory = host.artefacts.directory(project, target);
  const isThere = await Promise.all(artefactsOf(target).map((file) => host.pathExists(`${directory}/${file}`)));
  return isThere.every(Boolean);
}

function artefactsOf(target: string): readonly string[] {
  if (target === PLAN_TARGET) return ['plan.json', 'plan.md'];
  if (target === VALIDATE_TARGET) return ['validation.json'];
  if (target.startsWith(`${FIX_TARGET}--`)) return ['fix.json'];
  if (target.startsWith(`${E2E_TARGET}--`)) return ['e2e.json'];
  return target.startsWith(`${BUILD_TARGET}--`) ? ['build.json', 'branch.bundle'] : ['review.json'];
}
