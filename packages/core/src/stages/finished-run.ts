import { runRecordSchema } from '../agent/run-record.js';
import { parseArtefact } from '../artefact/parse-artefact.js';
import { UserError } from '../errors/user-error.js';
import type { StageContext } from './stage-context.js';

/**
 * Whether the artefacts that are here come from a finished run under this very key, so that running again could only pay again.
 * Nx looks into its cache before it starts a task, and was still seen to run a stored one again (23.2.1, hits and misses mixed); and a cache can
 * have been emptied. What the next stage would refuse is not finished: only another run helps, and `--skip-nx-cache` asks for it.
 * @param requireResult throws a UserError on a result that the next stage would refuse
 */
export async function isFinished(context: StageContext, requireResult: () => Promise<void>): Promise<boolean> {
  const { project, target, key, host } = context;
  if (key === null) return false;
  const record = parseArtefact(await host.artefacts.read(project, target, 'run.json'), runRecordSchema);
  if (record === null || record.key !== key || record.outcome !== 'completed') return false;
  try {
    await requireResult();
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
