import { aReview } from '../../review/finding.contract.js';
import { gateReview } from '../gate/gate-change.js';
import type { E2e } from './e2e-review.js';
import { REVIEW_TARGET, stageIssue, storeCheckout, type StagedIssue } from '../../stage/staged-issue.contract.js';

const held: E2e['checks'][number] = {
  check: 'It is dark',
  required: true,
  passed: true,
  severity: 'low',
  seen: 'It is.',
  evidence: ['http-1.txt'],
  file: 'a.ts',
};
const failed: E2e['checks'][number] = { ...held, check: 'It stays dark', passed: false, severity: 'high', seen: 'It is light again.' };

/** An issue that codex approves of, and whose app claude tried. */
async function tried(checks: E2e['checks'], changes: Partial<E2e> = {}): Promise<StagedIssue> {
  const issue = await stageIssue();
  issue.git.filesIn(issue.worktree).set('a.ts', 'work');
  await issue.git.commitAll(issue.worktree, 'Work');
  const [tree, baseTree] = [(await issue.git.resolveTree(issue.branchRef)) ?? '', (await issue.git.resolveTree(issue.git.root)) ?? ''];
  const review = aReview({ tree, baseTree, verdict: 'approve', findings: [] });
  await issue.host.artifacts.write('issue-42', 'agent-review--codex', 'review.json', JSON.stringify(review));
  const verdict = checks.every(({ passed }) => passed) ? 'approve' : 'request-changes';
  const e2e: E2e = { agent: 'claude', vendor: 'claude', model: null, baseTree, tree, verdict, summary: 'Tried.', checks, ...changes };
  await storeCheckout(issue);
  await issue.host.artifacts.write('issue-42', 'agent-e2e--claude', 'e2e.json', JSON.stringify(e2e));
  return issue;
}

const gate = (issue: StagedIssue, e2e?: string) =>
  gateReview({ reviewers: ['codex'], blockOn: 'high', ...(e2e === undefined ? {} : { e2e }) }, issue.context(REVIEW_TARGET));

describe('what was found in the running app', () => {
  it('is part of the verdict: what does not hold blocks, whatever the reviewers say, and names its evidence', async () => {
    const verdict = await gate(await tried([held, failed]), 'claude');
    expect(verdict.verdict).toBe('request-changes');
    expect(verdict.reviewers.map(({ reviewer, verdict: said }) => [reviewer, said])).toEqual([
      ['codex', 'approve'],
      ['claude e2e', 'request-changes'],
    ]);
    expect(verdict.findings).toMatchObject([
      {
        title: 'In the running app: It stays dark',
        file: 'a.ts',
        startLine: 0,
        severity: 'high',
        blocking: true,
        reviewers: ['claude e2e'],
      },
    ]);
    expect(JSON.stringify(verdict.findings)).toContain('Seen in http-1.txt.');
  });

  it('blocks nothing when all holds', async () => {
    expect(await gate(await tried([held]), 'claude')).toMatchObject({ verdict: 'approve', findings: [] });
  });

  it('blocks by what is left to see, too, where no file of the change can be named', async () => {
    const verdict = await gate(await tried([{ ...failed, file: '' }]), 'claude');
    expect(verdict).toMatchObject({ verdict: 'request-changes', findings: [] });
    expect(verdict.reviewers.at(-1)).toMatchObject({
      summary: expect.stringContaining('It is light again.\n\nSeen in http-1.txt.'),
      ungrounded: [{ title: 'In the running app: It stays dark', file: '', blocking: true }],
    });
  });

  it('is not asked for unless an agent is configured for it', async () => {
    expect((await gate(await tried([failed]))).verdict).toBe('approve');
  });

  it.each<[string, Partial<E2e>]>([
    ['of another tree', { tree: 'f'.repeat(40) }],
    ['from another base', { baseTree: 'f'.repeat(40) }],
    ['by somebody else', { agent: 'codex' }],
  ])('does not count %s', async (_, changes) => {
    await expect(gate(await tried([held], changes), 'claude')).rejects.toThrow(
      'The app of "issue-42" was not tried by claude as it is now. Run: nx run issue-42:agent-e2e--claude',
    );
  });
});
