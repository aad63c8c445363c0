import { isFinished } from './finished-run.js';
import { planIssue } from './plan-issue.js';
import { PLAN_TARGET, stageIssue, type StagedIssue } from './staged-issue.contract.js';

const plan = { summary: 's', steps: [{ title: 't', detail: '', files: [] }], acceptance: [], projects: [], assumptions: [] };

async function planned(): Promise<StagedIssue> {
  const issue = await stageIssue({ agent: () => JSON.stringify(plan) });
  await planIssue(issue.settings.plan, issue.context(PLAN_TARGET));
  return issue;
}

describe('a run that is finished under its key', () => {
  it('is one whose artefacts are here, under the same key', async () => {
    const context = (await planned()).context(PLAN_TARGET);
    expect(await isFinished(context)).toBe(true);
    expect(await isFinished({ ...context, key: 'another' })).toBe(false);
    expect(await isFinished({ ...context, key: null })).toBe(false);
  });

  it('is none that never ran, failed, or lacks an artefact', async () => {
    const never = await stageIssue();
    await never.host.artefacts.clear('issue-42', PLAN_TARGET);
    expect(await isFinished(never.context(PLAN_TARGET))).toBe(false);
    const failed = await stageIssue({ agent: () => 'a poem' });
    await expect(planIssue(failed.settings.plan, failed.context(PLAN_TARGET))).rejects.toThrow('no valid answer twice');
    expect(await isFinished(failed.context(PLAN_TARGET))).toBe(false);
    const cut = await planned();
    cut.host.files.delete(`${cut.host.artefacts.directory('issue-42', PLAN_TARGET)}/plan.json`);
    expect(await isFinished(cut.context(PLAN_TARGET))).toBe(false);
  });
});
