import { runRecordSchema, type RunRecord } from '../agent/run-record.js';
import { parseArtifact } from '../artifact/parse-artifact.js';
import { UserError } from '../errors/user-error.js';
import type { StageContext } from './stage-context.js';
import { inRound, parseTarget } from './targets.js';

/** `review.rounds` is at most one less. */
const MAX_ROUND = 11;

/**
 * Whether there are artifacts of a finished run that was made of all the same, so that running again could only pay again: under this key,
 * or of the same recipe, in this target or in another round of fixes, from where they are taken.
 * Nx looks into its cache before it starts a task, and was still seen to run a stored one again (23.2.1, hits and misses mixed); a cache can have
 * been emptied; and Nx makes other keys for every stage when `nx.json` or another target of the project changes. What the next stage would
 * refuse is not finished: only another run helps, and `--skip-nx-cache` asks for it.
 * @param requireResult throws a UserError on a result that the next stage would refuse
 */
export async function isFinished(context: StageContext, requireResult: () => Promise<unknown>): Promise<boolean> {
  const { project, target, key, host } = context;
  const own = await readRecord(target, context);
  const isSame = own !== null && ((key !== null && own.key === key && own.outcome === 'completed') || isMadeOf(own, context));
  if (isSame && (await isTaken(requireResult))) return true;
  const { stage, agent } = parseTarget(target);
  for (let round = 1; round <= MAX_ROUND; round++) {
    const other = inRound(stage, round) + (agent === '' ? '' : `--${agent}`);
    const record = other === target ? null : await readRecord(other, context);
    if (record === null || !isMadeOf(record, context)) continue;
    await host.artifacts.copy(project, other, target);
    if (await isTaken(requireResult)) return true;
  }
  return false;
}

/** Whether what a target has stored was made of all that a current stage is made of. */
export async function isOfRecipe(target: string, context: StageContext): Promise<boolean> {
  const record = await readRecord(target, context);
  return record !== null && isMadeOf(record, context);
}

function isMadeOf({ outcome, recipe }: RunRecord, context: StageContext): boolean {
  return outcome === 'completed' && context.recipe !== null && recipe === context.recipe;
}

async function readRecord(target: string, { project, host }: StageContext): Promise<RunRecord | null> {
  return parseArtifact(await host.artifacts.read(project, target, 'run.json'), runRecordSchema);
}

async function isTaken(requireResult: () => Promise<unknown>): Promise<boolean> {
  try {
    await requireResult();
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
