import { anEnd, aStart } from '../budget/ledger.contract.js';
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
} from '../stage/staged-issue.contract.js';
import { fingerprint } from '../text/names.js';
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
    key: null,
    agent: 'claude',
    agentVersion: '1',
    startedAt: 'then',
    durationMs: 7,
    outcome: run.failed === true ? 'failed' : 'completed',
    steps,
  };
  await host.artifacts.write('issue-42', target, 'run.json', JSON.stringify(record));
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
    expect(status).toMatchObject({ cost: { runs: 2, knownUsd: 0.75, unknownRuns: 0 } });
    expect(status?.stages.slice(0, 3)).toMatchObject([
      { state: 'done', durationMs: 7, inputTokens: 10, outputTokens: 2, costUsd: 0.25 },
      { state: 'failed', costUsd: 0.5 },
      { state: 'done', inputTokens: 0, costUsd: 0 },
    ]);
  });

  it('counts what fixed and tried the change too', async () => {
    const issue = await stageIssue();
    await ran(issue, 'agent-fix--claude', { costUsd: 0.25 });
    await ran(issue, 'agent-fix--codex', { costUsd: 9 });
    expect(await statusOf(issue)).toMatchObject({ cost: { runs: 1, knownUsd: 0.25 } });
  });

  it('says that a sum is not all when one part is unknown', async () => {
    const issue = await stageIssue();
    await ran(issue, PLAN_TARGET, { costUsd: 0.25 });
    await ran(issue, WRITTEN, { costUsd: null });
    expect(await statusOf(issue)).toMatchObject({ cost: { knownUsd: 0.25, unknownRuns: 1 } });
  });

  it('shows what was spent here beside what the results had cost', async () => {
    const issue = await stageIssue();
    await ran(issue, PLAN_TARGET, { costUsd: 0.25 });
    await issue.host.ledger.addPayment(aStart({ project: 'issue-4' }));
    expect(await statusOf(issue)).toMatchObject({ cost: { knownUsd: 0.25 }, spent: { runs: 0 } });
    await issue.host.ledger.addPayment(aStart({ id: 'b' }));
    await issue.host.ledger.addPayment(anEnd({ id: 'b', costUsd: 2, costSource: 'price-list-inexact' }));
    expect((await statusOf(issue))?.spent).toEqual({ runs: 1, knownUsd: 2, unknownRuns: 0, isInexact: true });
  });

  it.each(['', '{"agent":', '{}', '[]'])('waits for a stage whose record is broken: %j', async (text) => {
    const issue = await stageIssue();
    await issue.host.artifacts.write('issue-42', PLAN_TARGET, 'run.json', text);
    await issue.host.artifacts.write('issue-42', REVIEW_TARGET, 'verdict.json', text);
    expect(await statusOf(issue)).toMatchObject({ verdict: null, stages: [{ state: 'waiting' }, {}, {}, {}] });
  });

  async function judged(): Promise<StagedIssue> {
    const issue = await stageIssue();
    for (const target of [PLAN_TARGET, WRITTEN, VALIDATE_TARGET, REVIEWED]) await ran(issue, target, {});
    const tree = (await issue.git.resolveTree(issue.branchRef)) ?? '';
    const findings = [aFinding(), aFinding({ severity: 'low' })];
    const verdict = reachVerdict([aReview({ reviewer: 'codex', tree, findings })], 'high');
    const spec = fingerprint((await issue.host.state.readSpec('issue-42')) ?? '');
    await issue.host.artifacts.write('issue-42', REVIEW_TARGET, 'verdict.json', JSON.stringify({ ...verdict, spec }));
    return issue;
  }

  it('shows the verdict while all that it was reached by is as it was', async () => {
    expect(await statusOf(await judged())).toMatchObject({ verdict: 'request-changes', blockingFindings: 1 });
  });

  it.each<readonly [string, (issue: StagedIssue) => Promise<unknown>]>([
    [
      'the branch holds something else',
      async ({ git, worktree }) => {
        git.filesIn(worktree).set('more.ts', '');
        await git.commitAll(worktree, 'More');
      },
    ],
    [
      'the text is another',
      async ({ host }) => {
        const manifest = await host.state.readManifest('issue-42');
        if (manifest !== null) await host.state.writeIssue('issue-42', manifest, '# Another\n');
      },
    ],
    ['a stage has failed since', (issue) => ran(issue, PLAN_TARGET, { failed: true })],
    ['a stage has not run', async ({ host }) => host.artifacts.clear('issue-42', VALIDATE_TARGET)],
  ])('calls a verdict stale when %s', async (_, change) => {
    const issue = await judged();
    await change(issue);
    expect(await statusOf(issue)).toMatchObject({ verdict: 'stale', blockingFindings: 0 });
  });

  it('calls a verdict stale when somebody is to review who has not', async () => {
    const settings = parseSettings([{ file: 'nx.json', value: { agents: { reviewers: ['codex', 'claude'] } } }]);
    expect((await fleetStatus(settings, await judged()))[0]?.verdict).toBe('stale');
  });

  it('shows an issue whose worktree is not ready', async () => {
    const issue = await stageIssue();
    issue.host.files.delete('/repo/.nx-fleet/local/issue-42.json');
    expect(await statusOf(issue)).toMatchObject({ worktree: null, ports: {}, database: null });
  });
});
