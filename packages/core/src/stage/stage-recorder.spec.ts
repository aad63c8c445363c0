import type { StageContext } from './stage-context.js';
import { isFinished, recordStage, type StageRecorder } from './stage-recorder.js';
import {
  BUILD_TARGET,
  PLAN_TARGET,
  REVIEWED,
  type StagedIssue,
  stageIssue,
  VALIDATE_TARGET,
  writes,
  WRITTEN,
} from './staged-issue.contract.js';
import { UserError } from '../errors/user-error.js';
import { buildIssue } from '../stages/build/build-issue.js';
import { checkoutBuild } from '../stages/checkout/checkout-build.js';
import { planIssue } from '../stages/plan/plan-issue.js';
import { reviewIssue } from '../stages/review/review-change.js';
import { findStage } from '../stages/stages.js';
import { validateIssue } from '../stages/validate/validate-issue.js';

async function record<Result>(issue: StagedIssue, stage: (recorder: StageRecorder) => Promise<Result>): Promise<Result> {
  return recordStage(issue.context(PLAN_TARGET), stage);
}

describe('recordStage', () => {
  it('empties the folder first, so that nothing of an earlier run can pass for this one', async () => {
    const issue = await stageIssue();
    const seen = await record(issue, async () => issue.out(PLAN_TARGET, 'plan.json'));
    expect(seen).toBeNull();
  });

  it('writes what was recorded, and no transcript when nobody said anything', async () => {
    const issue = await stageIssue();
    await record(issue, async () => null);
    expect(JSON.parse(issue.out(PLAN_TARGET, 'run.json') ?? '')).toEqual({
      key: 'key',
      agent: null,
      agentVersion: null,
      startedAt: '2026-01-01T00:00:00.000Z',
      durationMs: 0,
      outcome: 'completed',
      steps: [],
    });
    expect(issue.out(PLAN_TARGET, 'transcript.jsonl')).toBeNull();
  });

  it('writes it also when the stage fails, and throws on what it threw', async () => {
    const issue = await stageIssue();
    const failure = new Error('no');
    const run = record(issue, async ({ addTranscript, setAgent }) => {
      setAgent('claude', '1.2.3');
      addTranscript('one');
      addTranscript('two');
      throw failure;
    });
    await expect(run).rejects.toBe(failure);
    expect(JSON.parse(issue.out(PLAN_TARGET, 'run.json') ?? '')).toMatchObject({
      agent: 'claude',
      agentVersion: '1.2.3',
      outcome: 'failed',
    });
    expect(issue.out(PLAN_TARGET, 'transcript.jsonl')).toBe('one\ntwo\n');
  });

  it('keeps our own secrets, those of the env files and private keys of several lines out of the transcript', async () => {
    const issue = await stageIssue({ env: { GITHUB_TOKEN: 'token-of-mine' } });
    issue.host.files.set(`${issue.worktree}/.env.local`, 'export APP_SECRET="in-the-env-file"\nPORT=20040000\n');
    const lines = [
      'token-of-mine',
      'x in-the-env-file y 20040000',
      '-----BEGIN PRIVATE KEY-----',
      'TUlJRQ==',
      '-----END PRIVATE KEY-----',
      'after',
    ];
    await record(issue, async ({ addTranscript }) => lines.forEach(addTranscript));
    expect(issue.out(PLAN_TARGET, 'transcript.jsonl')).toBe('***\nx *** y 20040000\n-----BEGIN PRIVATE KEY-----***\nafter\n');
  });
});

const plan = { summary: 's', steps: [{ title: 't', detail: '', files: [] }], acceptance: [], projects: [], assumptions: [] };

async function planned(): Promise<StagedIssue> {
  const issue = await stageIssue({ agent: () => JSON.stringify(plan) });
  await planIssue(issue.settings.plan, issue.context(PLAN_TARGET));
  return issue;
}

/** An issue that has run through all of its stages. */
async function reviewed(): Promise<StagedIssue> {
  const write = writes('a.ts');
  const answers = [JSON.stringify(plan), JSON.stringify({ verdict: 'approve', summary: '', findings: [] })];
  const issue = await stageIssue({
    agent: (request, fleet, asked) => (request.readOnly ? (answers.shift() ?? '') : write(request, fleet, asked)),
  });
  const { settings, context } = issue;
  await planIssue(settings.plan, context(PLAN_TARGET));
  await buildIssue(settings.build, context(WRITTEN));
  // Bundles in memory are no files.
  await issue.host.artifacts.write('issue-42', WRITTEN, 'branch.bundle', '');
  await checkoutBuild('claude', context(BUILD_TARGET));
  await validateIssue(settings.validate, context(VALIDATE_TARGET));
  await reviewIssue(settings.review, context(REVIEWED));
  return issue;
}

async function finished(context: StageContext): Promise<boolean> {
  const stage = findStage(context.target);
  if (stage === undefined || stage.inputs === null) throw new Error(`"${context.target}" is not cached`);
  return isFinished(context, () => stage.requireStored(context));
}

describe('a run that is finished under its key', () => {
  it('is one whose artifacts are here, under the same key', async () => {
    const context = (await planned()).context(PLAN_TARGET);
    expect(await finished(context)).toBe(true);
    expect(await finished({ ...context, key: 'another' })).toBe(false);
    expect(await finished({ ...context, key: null })).toBe(false);
  });

  it('is none that never ran, failed, or lacks an artifact', async () => {
    const never = await stageIssue();
    await never.host.artifacts.clear('issue-42', PLAN_TARGET);
    expect(await finished(never.context(PLAN_TARGET))).toBe(false);
    const failed = await stageIssue({ agent: () => 'a poem' });
    await expect(planIssue(failed.settings.plan, failed.context(PLAN_TARGET))).rejects.toThrow('no valid answer twice');
    expect(await finished(failed.context(PLAN_TARGET))).toBe(false);
    const cut = await planned();
    cut.host.files.delete(`${cut.host.artifacts.directory('issue-42', PLAN_TARGET)}/plan.json`);
    expect(await finished(cut.context(PLAN_TARGET))).toBe(false);
  });

  it('is none whose artifact the next stage would refuse, as one that was forged in a shared cache', async () => {
    const issue = await reviewed();
    const targets = [PLAN_TARGET, WRITTEN, VALIDATE_TARGET, REVIEWED];
    const all = (): Promise<readonly boolean[]> => Promise.all(targets.map((target) => finished(issue.context(target))));
    expect(await all()).toEqual([true, true, true, true]);
    const forge = async (target: string, file: string, change: object): Promise<void> => {
      const artifact = JSON.parse(issue.out(target, file) ?? '') as object;
      await issue.host.artifacts.write('issue-42', target, file, JSON.stringify({ ...artifact, ...change }));
    };
    await forge(REVIEWED, 'review.json', { reviewer: 'claude' });
    expect(await all()).toEqual([true, true, true, false]);
    await forge(VALIDATE_TARGET, 'validation.json', { baseTree: (await issue.git.resolveTree(issue.branchRef)) ?? '' });
    expect(await all()).toEqual([true, true, false, false]);
    await forge(WRITTEN, 'build.json', { tree: (await issue.git.resolveTree(issue.git.root)) ?? '' });
    expect(await all()).toEqual([true, false, false, false]);
    await forge(PLAN_TARGET, 'plan.json', { steps: 'none' });
    expect(await all()).toEqual([false, false, false, false]);
  });

  describe('of the same recipe', () => {
    const of = (issue: StagedIssue, target: string, recipe = 'one'): StageContext => ({ ...issue.context(target), key: 'new', recipe });
    const storeRun = async (issue: StagedIssue, target: string, change: object = {}): Promise<void> => {
      const record = {
        key: 'old',
        recipe: 'one',
        agent: null,
        agentVersion: null,
        startedAt: '',
        durationMs: 0,
        outcome: 'completed',
        steps: [],
      };
      await issue.host.artifacts.write('issue-42', target, 'run.json', JSON.stringify({ ...record, ...change }));
      await issue.host.artifacts.write('issue-42', target, 'validation.json', target);
    };
    const sound = async (): Promise<void> => {};

    it('is taken whatever Nx calls it', async () => {
      const issue = await stageIssue();
      await storeRun(issue, VALIDATE_TARGET);
      expect(await isFinished(of(issue, VALIDATE_TARGET), sound)).toBe(true);
      expect(await isFinished(of(issue, VALIDATE_TARGET, 'another'), sound)).toBe(false);
    });

    it('is taken from another round of fixes', async () => {
      const issue = await stageIssue();
      await storeRun(issue, 'agent-validate-3');
      expect(await isFinished(of(issue, VALIDATE_TARGET), sound)).toBe(true);
      expect(issue.out(VALIDATE_TARGET, 'validation.json')).toBe('agent-validate-3');
    });

    it.each([
      ['failed', 'agent-review-2--codex', { outcome: 'failed' }],
      ['is of an earlier version of ours', 'agent-review-2--codex', { recipe: undefined }],
      ['is of another agent', 'agent-review-2--claude', {}],
      ['is of another stage', 'agent-e2e-2--codex', {}],
    ])('is not taken where it %s', async (_, target, change) => {
      const issue = await stageIssue();
      await storeRun(issue, target, change);
      expect(await isFinished(of(issue, REVIEWED), sound)).toBe(false);
    });

    it('is not taken where the next stage would refuse it', async () => {
      const issue = await stageIssue();
      await storeRun(issue, 'agent-review-2--codex');
      expect(await isFinished(of(issue, REVIEWED), () => Promise.reject(new UserError('Of another state.')))).toBe(false);
    });
  });
});
