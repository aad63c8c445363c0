import { PLAN_TARGET, stageIssue, type StagedIssue } from './staged-issue.contract.js';
import { recordStage, type StageRecorder } from './stage-recorder.js';

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
