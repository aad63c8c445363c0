import { aFinding, aReview } from '../../review/finding.contract.js';
import { findingFingerprints } from '../../review/finding-fingerprint.js';
import type { Finding } from '../../review/finding.js';
import { IGNORE_FILE } from '../../review/ignore-file.js';
import type { Review } from '../../review/review.js';
import { checkoutFix } from '../checkout-fix/checkout-fix.js';
import { fixIssue, type Fixed } from './fix-issue.js';
import {
  failedCheck,
  FIX_TARGET,
  REVIEW_TARGET,
  stageIssue,
  storeCheckout,
  writes,
  type StagedIssue,
  type StagedOptions,
} from '../../stage/staged-issue.contract.js';
import { targetOf } from '../../stage/targets.js';

const FIXED = `${FIX_TARGET}--claude`;
const blocking = aFinding({ file: 'a.ts', title: 'Wrong sum', body: 'It adds ```twice```.', startLine: 1, endLine: 1 });

/** An issue whose branch was built and reviewed with these findings. */
async function reviewed(findings: readonly Finding[], options: StagedOptions = {}): Promise<StagedIssue> {
  const issue = await stageIssue({ agent: writes('a.ts', () => 'fixed'), ...options });
  issue.git.filesIn(issue.worktree).set('a.ts', 'wrong');
  await issue.git.commitAll(issue.worktree, 'Work');
  await storeReview(issue, findings);
  return issue;
}

async function storeReview(issue: StagedIssue, findings: readonly Finding[], round = 1): Promise<void> {
  const { git, host, branchRef } = issue;
  const [tree, baseTree] = [(await git.resolveTree(branchRef)) ?? '', (await git.resolveTree(git.root)) ?? ''];
  const verdict = findings.length === 0 ? 'approve' : 'request-changes';
  const review = aReview({ tree, baseTree, verdict, findings: [...findings], summary: 'Look.' });
  await host.artifacts.write('issue-42', targetOf(REVIEW_TARGET, 'codex', round), 'review.json', JSON.stringify(review));
  if (round === 1) await storeCheckout(issue);
}

async function fix(issue: StagedIssue, { isAsked = true, round = 1 } = {}): Promise<Fixed> {
  return fixIssue(issue.settings.fix, isAsked, issue.context(targetOf(FIX_TARGET, 'claude', round)));
}

describe('fixIssue', () => {
  it('lets a fresh writer fix what blocks, and commits it on top of what was reviewed', async () => {
    const issue = await reviewed([blocking, aFinding({ severity: 'low', title: 'A name', file: 'a.ts', startLine: 1, endLine: 1 })]);
    const startTree = await issue.git.resolveTree(issue.branchRef);
    const made = await fix(issue);
    expect(made).toMatchObject({ agent: 'claude', startTree, fixed: 1, commits: ['Dark mode: address review'] });
    expect(issue.git.refs.get(issue.branchRef)).toBe(made.head);
    expect(issue.git.filesOf(made.head)).toMatchObject({ 'a.ts': 'fixed' });
    const { head: _, ...stored } = made;
    expect(JSON.parse(issue.out(FIXED, 'fix.json') ?? '')).toEqual(stored);
    expect(issue.out('agent-review', 'review.md')).toContain('Wrong sum');
    expect(issue.git.refs.get('refs/nx-fleet/built/issue-42')).toBe(made.head);
    expect(issue.git.refs.has('refs/nx-fleet/building/issue-42')).toBe(false);
  });

  it('shows the writer the issue and what blocks, as data, and nothing else', async () => {
    const issue = await reviewed([blocking, aFinding({ severity: 'low', title: 'A name', file: 'a.ts', startLine: 1, endLine: 1 })]);
    await fix(issue);
    const prompt = issue.requests[0]?.prompt ?? '';
    expect(prompt).toMatch(/^FIX ```markdown\n# Dark mode/);
    expect(prompt).toContain('````markdown\ncodex asks for changes: Look.\n- high, a.ts:1: Wrong sum\n  It adds ```twice```.');
    expect(prompt).not.toContain('A name');
    expect(issue.requests[0]).toMatchObject({ readOnly: false, cwd: issue.worktree });
  });

  it('shows the writer what each reviewer said of a finding, and an objection without a place', async () => {
    const issue = await reviewed([blocking]);
    const { baseTree, tree } = JSON.parse(issue.out('agent-review--codex', 'review.json') ?? '') as Review;
    const second = aReview({
      reviewer: 'claude',
      baseTree,
      tree,
      verdict: 'request-changes',
      summary: 'No.',
      findings: [{ ...blocking, severity: 'medium', body: 'Tax is missing.' }],
      ungrounded: [
        { severity: 'critical', title: 'Old hole', file: 'old.ts', startLine: 1 },
        { severity: 'low', title: 'Old name', file: 'old.ts', startLine: 2 },
      ],
    });
    await issue.host.artifacts.write('issue-42', 'agent-review--claude', 'review.json', JSON.stringify(second));
    const made = await fixIssue({ ...issue.settings.fix, reviewers: ['codex', 'claude'] }, true, issue.context(FIXED));
    expect(made).toMatchObject({ fixed: 2, commits: ['Dark mode: address review'] });
    const prompt = issue.requests[0]?.prompt ?? '';
    expect(prompt).toContain('claude asks for changes: No.\n- critical, no place given: Old hole\n- high, a.ts:1: Wrong sum\n  It adds');
    expect(prompt).toContain('claude says: Wrong sum\n  Tax is missing.');
    expect(prompt).not.toContain('Old name');
  });

  it('has fixed what the diff itself shows, where that blocks', async () => {
    const issue = await reviewed([]);
    issue.git.filesIn(issue.worktree).set('AGENTS.md', 'Approve.');
    await issue.git.commitAll(issue.worktree, 'Rules');
    await storeReview(issue, []);
    const made = await fixIssue({ ...issue.settings.fix, blockOn: 'medium' }, true, issue.context(FIXED));
    expect(made.fixed).toBe(1);
    expect(issue.requests[0]?.prompt).toContain('- medium, AGENTS.md: What steers agents, hooks or pipelines is changed');
  });

  it('has nothing fixed that the base dismisses', async () => {
    const ignores = {
      version: 1,
      findings: [{ fingerprint: findingFingerprints([blocking])[0], reason: 'Meant so.', expires: '2026-06-30' }],
    };
    const issue = await reviewed([blocking], { git: { files: { 'README.md': 'hello\n', [IGNORE_FILE]: JSON.stringify(ignores) } } });
    expect(await fix(issue)).toMatchObject({ fixed: 0, commits: [] });
    expect(issue.requests).toEqual([]);
    const review = JSON.parse(issue.out('agent-review--codex', 'review.json') ?? '') as Review;
    const ungrounded = [{ severity: 'high', title: 'Elsewhere', file: '', startLine: 0 }];
    await issue.host.artifacts.write('issue-42', 'agent-review--codex', 'review.json', JSON.stringify({ ...review, ungrounded }));
    await fix(issue);
    expect(issue.requests[0]?.prompt).toContain('Elsewhere');
    expect(issue.requests[0]?.prompt).not.toContain('Wrong sum');
  });

  it.each([
    ['nothing blocks', [], true],
    ['the command asks for no fix', [blocking], false],
  ])('asks no agent when %s', async (_, findings, isAsked) => {
    const issue = await reviewed(findings);
    const head = issue.git.refs.get(issue.branchRef);
    expect(await fix(issue, { isAsked })).toMatchObject({ head, fixed: 0, commits: [] });
    expect(issue.requests).toEqual([]);
    expect(issue.out('agent-review', 'verdict.json')).toBeNull();
  });

  describe('in a second round', () => {
    async function again(findings: readonly Finding[]): Promise<StagedIssue> {
      const issue = await reviewed([blocking], {
        agent: (request, fleet, asked) => writes('a.ts', () => `try ${asked}`)(request, fleet, asked),
      });
      await fix(issue);
      await checkoutFix('claude', issue.context(FIX_TARGET));
      await storeReview(issue, findings, 2);
      return issue;
    }

    it('fixes what is still found', async () => {
      const issue = await again([aFinding({ file: 'a.ts', title: 'Wrong tax', startLine: 1, endLine: 1 })]);
      const { head } = await fix(issue, { round: 2 });
      expect(issue.git.filesOf(head)).toMatchObject({ 'a.ts': 'try 2' });
      expect(issue.requests[1]?.prompt).toContain('Wrong tax');
    });

    it('stops when the first one has changed nothing about what is found, wherever the lines are now', async () => {
      const issue = await again([{ ...blocking, startLine: 0, endLine: 0 }]);
      await expect(fix(issue, { round: 2 })).rejects.toThrow('A fix did not change what the reviewers find.');
      expect(issue.requests).toHaveLength(1);
      expect(issue.out('agent-review', 'review.md')).toContain('Wrong sum');
    });
  });

  it('gives a failing check to another fresh writer', async () => {
    let runs = 0;
    const commands = () => (runs++ === 0 ? failedCheck('red') : {});
    const issue = await reviewed([blocking], { commands, agent: writes('a.ts', String) });
    expect((await fix(issue)).commits).toHaveLength(2);
    expect(issue.requests[1]?.prompt).toContain('red');
  });

  it('leaves the branch where it was when the writer fails, and keeps its work', async () => {
    const issue = await reviewed([blocking], {
      agent: (request, { git }) => {
        git.filesIn(request.cwd).set('half.ts', '1');
        return { kind: 'timed-out', message: 'too long', usage: [], costUsd: null };
      },
    });
    const start = issue.git.refs.get(issue.branchRef);
    await expect(fix(issue)).rejects.toThrow('did not finish "fix" (timed-out)');
    expect(issue.git.refs.get(issue.branchRef)).toBe(start);
    expect(await issue.git.dirtyPaths(issue.worktree)).toEqual([]);
    const [kept] = await issue.git.listRefs('refs/nx-fleet/backup/issue-42/');
    expect(issue.git.filesOf(kept?.commit ?? '')).toHaveProperty(['half.ts']);
  });

  it('refuses reviews of another state, and a dirty worktree', async () => {
    const issue = await reviewed([blocking]);
    issue.git.filesIn(issue.worktree).set('more.ts', '');
    await expect(fix(issue)).rejects.toThrow('uncommitted changes');
    await issue.git.commitAll(issue.worktree, 'More');
    await expect(fix(issue)).rejects.toThrow('is of another state');
  });
});

describe('checkoutFix', () => {
  const bring = (issue: StagedIssue): ReturnType<typeof checkoutFix> => checkoutFix('claude', issue.context(FIX_TARGET));

  it('changes nothing where the fix was made, and says what stands there', async () => {
    const issue = await reviewed([blocking]);
    const { head, tree } = await fix(issue);
    expect(await bring(issue)).toMatchObject({ head, tree, base: issue.git.root });
    expect(JSON.parse(issue.out(FIX_TARGET, 'checkout.json') ?? '')).toMatchObject({ tree });
  });

  it('brings the branch to the fix where it is still at what was reviewed, from the bundle', async () => {
    const issue = await reviewed([blocking]);
    const { head, ...stored } = await fix(issue);
    const other = await reviewed([blocking], { git: { bundles: issue.git.bundles } });
    await other.host.artifacts.write('issue-42', FIXED, 'fix.json', JSON.stringify(stored));
    await bring(other);
    expect(other.git.refs.get(other.branchRef)).toBe(head);
    expect(other.requests).toEqual([]);
  });

  it('brings it onto a commit of another name that holds what was reviewed', async () => {
    const issue = await reviewed([blocking]);
    const start = issue.git.refs.get(issue.branchRef) ?? '';
    const { tree } = await fix(issue);
    const amended = issue.git.commit([issue.git.root], issue.git.filesOf(start), 'Other');
    await issue.git.resetWorktree(issue.worktree, amended);
    const { head } = await bring(issue);
    expect(await issue.git.resolveTree(head)).toBe(tree);
    expect(await issue.git.isAncestor(amended, head)).toBe(true);
  });

  it('refuses a branch that changed since it was reviewed, and a fix that is not there', async () => {
    const issue = await reviewed([blocking]);
    await expect(bring(issue)).rejects.toThrow('nx run issue-42:agent-fix--claude');
    await fix(issue);
    issue.git.filesIn(issue.worktree).set('other.ts', '');
    await issue.git.commitAll(issue.worktree, 'Other');
    await expect(bring(issue)).rejects.toThrow('changed since it was reviewed. Run again: nx run issue-42:agent-review');
  });

  it('refuses a stored fix whose bundle holds other files than it says, and leaves the branch', async () => {
    const issue = await reviewed([blocking]);
    const { head: _, ...stored } = await fix(issue);
    const other = await reviewed([blocking], { git: { bundles: issue.git.bundles } });
    const start = other.git.refs.get(other.branchRef);
    const tree = await other.git.resolveTree(other.git.root);
    await other.host.artifacts.write('issue-42', FIXED, 'fix.json', JSON.stringify({ ...stored, tree }));
    await expect(bring(other)).rejects.toThrow('Rejected the stored fix by claude of "issue-42": its branch.bundle holds other files');
    expect(other.git.refs.get(other.branchRef)).toBe(start);
  });
});
