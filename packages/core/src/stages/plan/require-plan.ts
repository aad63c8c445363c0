import { parseArtefact } from '../../artefact/parse-artefact.js';
import { UserError } from '../../errors/user-error.js';
import { planSchema, type Plan } from './plan-artefact.js';
import { requireFile } from '../../stage/refuse-stored.js';
import type { StageContext } from '../../stage/stage-context.js';
import { PLAN_TARGET } from '../../stage/targets.js';

/** @throws UserError when the issue has no plan */
export async function requirePlan(project: string, { host }: Pick<StageContext, 'host'>): Promise<Plan> {
  const plan = parseArtefact(await host.artefacts.read(project, PLAN_TARGET, 'plan.json'), planSchema);
  if (plan !== null) return plan;
  throw new UserError(
    `"${project}" has no plan of this version. Run: nx run ${project}:${PLAN_TARGET}; if that does not help, nx g worktree --issue=${project.slice('issue-'.length)} --again`,
  );
}

export async function requireStoredPlan(context: StageContext): Promise<void> {
  await requirePlan(context.project, context);
  await requireFile('plan.md', context);
}
