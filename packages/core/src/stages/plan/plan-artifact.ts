import { z } from 'zod';
import { parseArtifact } from '../../artifact/artifact-store.js';
import { UserError } from '../../errors/user-error.js';
import { requireFile } from '../../stage/refuse-stored.js';
import type { StageContext } from '../../stage/stage-context.js';
import { PLAN_TARGET } from '../../stage/targets.js';

/** A planner's answer: `plan.json`. */
export const planSchema = z.strictObject({
  summary: z.string().min(1),
  steps: z.array(z.strictObject({ title: z.string(), detail: z.string(), files: z.array(z.string()) })).min(1),
  /** What must be true when the issue is done, each one checkable. */
  acceptance: z.array(z.string()),
  /** Nx projects that are expected to change. */
  projects: z.array(z.string()),
  /** What the issue leaves open, and what was assumed. */
  assumptions: z.array(z.string()),
});

export type Plan = z.infer<typeof planSchema>;

export function renderPlan(plan: Plan): string {
  const list = (title: string, items: readonly string[]): string[] =>
    items.length === 0 ? [] : [`## ${title}`, '', ...items.map((item) => `- ${item}`), ''];
  const steps = plan.steps.flatMap((step, index) => [
    `${index + 1}. **${step.title}**${step.files.length === 0 ? '' : ` (${step.files.join(', ')})`}`,
    ...(step.detail === '' ? [] : [`   ${step.detail}`]),
  ]);
  return [
    plan.summary,
    '',
    '## Steps',
    '',
    ...steps,
    '',
    ...list('Done when', plan.acceptance),
    ...list('Projects', plan.projects),
    ...list('Assumptions', plan.assumptions),
  ].join('\n');
}

/** @throws UserError when the issue has no plan */
export async function requirePlan(project: string, { host }: Pick<StageContext, 'host'>): Promise<Plan> {
  const plan = parseArtifact(await host.artifacts.read(project, PLAN_TARGET, 'plan.json'), planSchema);
  if (plan !== null) return plan;
  throw new UserError(
    `"${project}" has no plan of this version. Run: nx run ${project}:${PLAN_TARGET}; if that does not help, nx g worktree --issue=${project.slice('issue-'.length)} --again`,
  );
}

export async function requireStoredPlan(context: StageContext): Promise<void> {
  await requirePlan(context.project, context);
  await requireFile('plan.md', context);
}
