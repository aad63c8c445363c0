import { runRecordSchema } from '../agent/run-record.js';
import { parseArtefact } from '../artefact/parse-artefact.js';
import { UserError } from '../errors/user-error.js';
import { requireE2eReviews } from './e2e-review.js';
import { requirePlan } from './require-plan.js';
import { requireIssue, type StageContext } from './stage-context.js';
import { requireReview } from './stored-review.js';
import { restoreBuild, restoreFix } from './stored-work.js';
import { BUILD_TARGET, E2E_TARGET, FIX_TARGET, PLAN_TARGET, REVIEW_TARGET, VALIDATE_TARGET } from './targets.js';
import { requireValidation } from './validation-artefact.js';

/**
 * Whether the artefacts that are here come from a finished run under this very key, so that running again could only pay again.
 * Nx looks into its cache before it starts a task, and was still seen to run a stored one again (23.2.1, hits and misses mixed); and a cache can
 * have been emptied. What the next stage would refuse is not finished.
 */
export async function isFinished(context: StageContext): Promise<boolean> {
  const { project, target, key, host } = context;
  if (key === null) return false;
  const record = parseArtefact(await host.artefacts.read(project, target, 'run.json'), runRecordSchema);
  if (record === null || record.key !== key || record.outcome !== 'completed') return false;
  const directory = host.artefacts.directory(project, target);
  const isThere = await Promise.all(filesBeside(target).map((file) => host.pathExists(`${directory}/${file}`)));
  return isThere.every(Boolean) && (await isTaken(context));
}

/** Files that are part of the result besides the one that is parsed. */
function filesBeside(target: string): readonly string[] {
  if (target === PLAN_TARGET) return ['plan.md'];
  return target.startsWith(`${BUILD_TARGET}--`) ? ['branch.bundle'] : [];
}

/** Whether the stages that follow take what is here: if not, only another run helps, and `--skip-nx-cache` asks for it. */
async function isTaken(context: StageContext): Promise<boolean> {
  try {
    await requireOwnResult(context);
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

async function requireOwnResult(context: StageContext): Promise<void> {
  const { project, target } = context;
  const [stage, agent = ''] = target.split('--');
  if (stage === PLAN_TARGET) await requirePlan(project, context);
  if (stage === VALIDATE_TARGET) await requireValidation(context);
  if (stage === BUILD_TARGET) await restoreBuild(agent, await requireIssue(context), context);
  if (stage === FIX_TARGET) await restoreFix(agent, context);
  if (stage === REVIEW_TARGET) await requireReview(agent, context);
  if (stage === E2E_TARGET) await requireE2eReviews(agent, await requireValidation(context), context);
}
