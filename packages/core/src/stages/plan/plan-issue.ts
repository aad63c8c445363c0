import { askAgent } from '../../agent/ask-agent.js';
import { fence, renderPrompt } from '../../prompt/render-prompt.js';
import { printable } from '../../text/printable.js';
import { planSchema, renderPlan, type Plan } from './plan-artifact.js';
import { requireOwnWork } from '../../branch/own-branch.js';
import { readInSnapshot } from '../../stage/read-in-snapshot.js';
import { buildingRef } from '../../branch/refs.js';
import { requireIssue, type StageContext, type StageIssue } from '../../stage/stage-context.js';
import { recordStage } from '../../stage/stage-recorder.js';
import type { AgentStageSettings } from '../../stage/stage-settings.js';

/**
 * A read-only agent turns the spec and the repository at the base into `plan.json` and `plan.md`.
 * It reads the base's files and no branch, as its key says.
 */
export async function planIssue(settings: AgentStageSettings, context: StageContext): Promise<Plan> {
  const { project, target, host } = context;
  const issue = await requireIssue(context);
  await requireBuildable(issue, context);
  const prompt = renderPrompt('plan', await context.prompt('plan'), { spec: fence('markdown', issue.spec) });
  return recordStage(context, async (recorder) => {
    const plan = await readInSnapshot({ tree: issue.manifest.base, issue, settings }, context, (place) =>
      askAgent({ settings, what: 'plan', ...place, prompt, readOnly: true, env: {}, answer: planSchema }, context, recorder),
    );
    await host.artifacts.write(project, target, 'plan.json', `${JSON.stringify(plan, null, 2)}\n`);
    await host.artifacts.write(project, target, 'plan.md', printable(renderPlan(plan)));
    return plan;
  });
}

/** A plan is for a build: where that one would be refused, no agent is asked. What an interrupted build left is not the user's work. */
async function requireBuildable(issue: StageIssue, context: StageContext): Promise<void> {
  const { base, adopted } = issue.manifest;
  if (adopted === true || (await context.git.readRef(buildingRef(context.project))) !== null) return;
  await requireOwnWork(base, issue, context);
}
