import { aFinding, aReview } from '../../review/finding.contract.js';
import { deliverIssue, type Delivery } from './deliver-issue.js';
import { stageIssue, storeCheckout, type StagedIssue } from '../../stage/staged-issue.contract.js';
import { writeCheckout } from '../../branch/checkout-artifact.js';

const settings = { reviewers: ['codex'], blockOn: 'high', writer: 'claude', rounds: 2 } as const;

/** An issue whose last round of two was reviewed with these findings, after so many fixes. */
async function delivered(titles: readonly string[], fixes: number): Promise<StagedIssue> {
  const issue = await stageIssue();
  const { git, host, branchRef, worktree } = issue;
  git.filesIn(worktree).set('a.ts', '1');
  await git.commitAll(worktree, 'Work');
  await storeCheckout(issue);
  const [tree, baseTree] = [(await git.resolveTree(branchRef)) ?? '', (await git.resolveTree(git.root)) ?? ''];
  for (let round = 1; round <= 2; round++) {
    const fix = { agent: 'claude', startTree: tree, tree, commits: [], fixed: round <= fixes ? 1 : 0 };
    await host.artifacts.write('issue-42', round === 1 ? 'agent-fix--claude' : 'agent-fix-2--claude', 'fix.json', JSON.stringify(fix));
  }
  await writeCheckout({ base: git.root, head: git.refs.get(branchRef) ?? '', build: null }, issue.context('agent-fix-2'));
  const findings = titles.map((title) => aFinding({ title, file: 'a.ts', startLine: 1, endLine: 1 }));
  const review = aReview({ tree, baseTree, findings, verdict: titles.length === 0 ? 'approve' : 'request-changes' });
  await host.artifacts.write('issue-42', 'agent-review-3--codex', 'review.json', JSON.stringify(review));
  return issue;
}

async function deliver(issue: StagedIssue, isAsked = true): Promise<Delivery> {
  return deliverIssue(settings, isAsked, issue.context('agent-deliver'));
}

describe('deliverIssue', () => {
  it.each([0, 1, 2])('approves what the last round has left, after %d fixes, and leaves it for those that wait', async (fixes) => {
    const issue = await delivered([], fixes);
    expect(await deliver(issue)).toMatchObject({ fixes, verdict: { verdict: 'approve' } });
    const tree = await issue.git.resolveTree(issue.branchRef);
    expect(JSON.parse(issue.out('agent-deliver', 'approved.json') ?? '')).toEqual({ tree });
    expect(issue.out('agent-review', 'verdict.json')).toContain('"approve"');
  });

  it('fails when its rounds are used up, says how to go on, and leaves nothing to start from', async () => {
    const issue = await delivered([], 0);
    await deliver(issue);
    const other = await delivered(['One'], 2);
    await expect(deliver(other)).rejects.toThrow('Not approved after 2 fixes. Look at .nx-fleet/out/issue-42/agent-review/review.md');
    expect(other.out('agent-deliver', 'approved.json')).toBeNull();
    expect(other.out('agent-review', 'review.md')).toContain('One');
  });

  it('says how to have it fixed, where the command asks for no fix', async () => {
    await expect(deliver(await delivered(['One'], 0), false)).rejects.toThrow('Have it fixed: nx run issue-42:agent-deliver');
  });
});
