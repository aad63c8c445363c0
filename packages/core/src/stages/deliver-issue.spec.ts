import { aFinding, aReview } from '../review/finding.contract.js';
import { reachVerdict } from '../review/verdict.js';
import { deliverIssue, type Delivery } from './deliver-issue.js';
import { stageIssue, type StagedIssue } from './staged-issue.contract.js';

/** Findings of each review in turn; an approval is the end of the list. A fix changes the branch. */
async function deliver(reviews: readonly (readonly string[])[], { rounds = 2, failing = '' } = {}): Promise<Delivery & { log: string[] }> {
  const issue = await stageIssue();
  const log: string[] = [];
  const runTarget = async (target: string): Promise<boolean> => {
    log.push(target);
    if (target === failing) return false;
    if (target === 'agent-fix') {
      issue.git.filesIn(issue.worktree).set('a.ts', String(log.length));
      return (await issue.git.commitAll(issue.worktree, 'Fix')) !== null;
    }
    const titles = reviews[log.filter((one) => one === 'agent-review').length - 1] ?? [];
    await storeVerdict(issue, titles);
    return titles.length === 0;
  };
  return { ...(await deliverIssue({ rounds }, runTarget, issue.context('agent-deliver'))), log };
}

async function storeVerdict({ git, host, branchRef }: StagedIssue, titles: readonly string[]): Promise<void> {
  const tree = (await git.resolveTree(branchRef)) ?? '';
  const findings = titles.map((title, index) => aFinding({ title, startLine: index, endLine: index }));
  const verdict = { ...reachVerdict([aReview({ tree, findings })], 'high'), spec: '' };
  await host.artefacts.write('issue-42', 'agent-review', 'verdict.json', JSON.stringify(verdict));
}

describe('deliverIssue', () => {
  it('ends at once when the reviewers approve', async () => {
    expect(await deliver([[]])).toEqual({ fixes: 0, log: ['agent-review'] });
  });

  it('has the findings mended and reviewed again until they are approved', async () => {
    expect(await deliver([['One', 'Two'], ['Two'], []])).toEqual({
      fixes: 2,
      log: ['agent-review', 'agent-fix', 'agent-review', 'agent-fix', 'agent-review'],
    });
  });

  it('stops when a fix changes nothing about what is found, wherever the lines are now', async () => {
    await expect(deliver([['One', 'Two'], ['Two', 'One'], []])).rejects.toThrow('A fix has changed nothing about what the reviewers find.');
  });

  it('stops when its rounds are used up, and says how to go on', async () => {
    await expect(deliver([['One'], ['Two'], ['Three']])).rejects.toThrow('Not approved after 2 fix(es).');
    await expect(deliver([['One']], { rounds: 0 })).rejects.toThrow('raise "review.rounds"');
  });

  it('stops when a fix fails', async () => {
    await expect(deliver([['One']], { failing: 'agent-fix' })).rejects.toThrow('Fix 1 failed; everything before it is kept.');
  });

  it('takes a failure without a verdict on this very state for no review', async () => {
    await expect(deliver([], { failing: 'agent-review' })).rejects.toThrow('A stage before the verdict failed.');
  });
});
