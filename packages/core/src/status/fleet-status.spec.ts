import { aFinding, aReview } from '../review/finding.contract.js';
import { reachVerdict } from '../review/verdict.js';
import { parseSettings } from '../settings/parse-settings.js';
import {
  PLAN_TARGET,
  REVIEW_TARGET,
  REVIEWED,
  stageIssue,
  VALIDATE_TARGET,
  WRITTEN,
  type StagedIssue,
} from '../stages/staged-issue.contract.js';
import { fleetStatus, type IssueStatus } from './fleet-status.js';

async function statusOf(issue: StagedIssue): Promise<IssueStatus | undefined> {
  return (await fleetStatus(parseSettings([]), issue))[0];
}

async function ran(
  { host }: StagedIssue,
  target: string,
  run: { readonly costUsd?: number | null; readonly failed?: boolean },
): Promise<void> {
  const usage = [{ model: null, inputTokens: 10, cachedInputTokens: null, outputTokens: 2 }];
  const steps = run.costUsd === undefined ? [] : [{ what: 'run', ended: 'completed', durationMs: 5, costUsd: run.costUsd, usage }];
  const record = {
    agent: 'claude',
    agentVersion: '1',
    startedAt: 'then',
    durationMs: 7,
    outcome: run.failed === true ? 'failed' : 'completed',
    steps,
  };
  await host.artefacts.write('issue-42', target, 'run.json', JSON.stringify(record));
}

describe('fleetStatus', () => {
  it('is empty without issues', async () => {
    const issue = await stageIssue();
    await issue.host.state.removeIssue('issue-42');
    expect(await statusOf(issue)).toBeUndefined();
  });

  it('shows an issue in which nothing has run', async () => {
    const issue = await stageIssue();
    expect(await statusOf(issue)).toMatchObject({
      project: 'issue-42',
      worktree: issue.worktree,
      database: 'memory issue-42',
      verdict: null,
      blockingFindings: 0,
    });
    expect((await statusOf(issue))?.stages.map(({ target, state, costUsd }) => [target, state, costUsd])).toEqual(
      [PLAN_TARGET, WRITTEN, VALIDATE_TARGET, REVIEWED].map((target) => [target, 'waiting', null]),
    );
  });

  it('adds up what the stages cost, the free checks aside', async () => {
    const issue = await stageIssue();
    await ran(issue, PLAN_TARGET, { costUsd: 0.25 });
    await ran(issue, WRITTEN, { costUsd: 0.5, failed: true });
    await ran(issue, VALIDATE_TARGET, {});
    const status = await statusOf(issue);
    expect(status).toMatchObject({ knownCostUsd: 0.75, isCostComplete: true });
    expect(status?.stages.slice(0, 3)).toMatchObject([
      { state: 'done', durationMs: 7, inputTokens: 10, outputTokens: 2, costUsd: 0.25 },
      { state: 'failed', costUsd: 0.5 },
      { state: 'done', inputTokens: null, costUsd: null },
    ]);
  });

  it('says that a sum is not all when one part is unknown', async () => {
    const issue = await stageIssue();
    await ran(issue, PLAN_TARGET, { costUsd: 0.25 });
    await ran(issue, WRITTEN, { costUsd: null });
    expect(await statusOf(issue)).toMatchObject({ knownCostUsd: 0.25, isCostComplete: false });
  });

  it.each(['', '{"agent":', '{}', '[]'])('waits for a stage whose record is broken: %j', async (text) => {
    const issue = await stageIssue();
    await issue.host.artefacts.write('issue-42', PLAN_TARGET, 'run.json', text);
    await issue.host.artefacts.write('issue-42', REVIEW_TARGET, 'verdict.json', text);
    expect(await statusOf(issue)).toMatchObject({ verdict: null, stages: [{ state: 'waiting' }, {}, {}, {}] });
  });

  it('shows the verdict on what the branch holds, and calls it stale on anything else', async () => {
    const issue = await stageIssue();
    const tree = (await issue.git.resolveTree(issue.branchRef)) ?? '';
    const verdict = reachVerdict([aReview({ tree, findings: [aFinding(), aFinding({ severity: 'low' })] })], 'high');
    await issue.host.artefacts.write('issue-42', REVIEW_TARGET, 'verdict.json', JSON.stringify(verdict));
    expect(await statusOf(issue)).toMatchObject({ verdict: 'request-changes', blockingFindings: 1 });
    issue.git.filesIn(issue.worktree).set('more.ts', '');
    await issue.git.commitAll(issue.worktree, 'More');
    expect(await statusOf(issue)).toMatchObject({ verdict: 'stale', blockingFindings: 0 });
  });

  it('shows an issue whose worktree is not ready', async () => {
    const issue = await stageIssue();
    issue.host.files.delete('/repo/.nx-fleet/local/issue-42.json');
    expect(await statusOf(issue)).toMatchObject({ worktree: null, ports: {}, database: null });
  });
});
