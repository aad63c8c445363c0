import { aFinding, aReview } from '../review/finding.contract.js';
import { findingFingerprints } from '../review/finding-fingerprint.js';
import type { Finding } from '../review/finding.js';
import { IGNORE_FILE } from '../review/ignore-file.js';
import type { Review } from '../review/review.js';
import { checkoutFix } from './checkout-fix.js';
import type { Fix } from './fix-artefact.js';
import { fixIssue } from './fix-issue.js';
import {
  failedCheck,
  FIX_TARGET,
  stageIssue,
  storeCheckout,
  writes,
  type StagedIssue,
  type StagedOptions,
} from './staged-issue.contract.js';

const FIXED = `${FIX_TARGET}--claude`;
const blocking = aFinding({ file: 'a.ts', title: 'Wrong sum', body: 'It adds ```twice```.', startLine: 1, endLine: 1 });

/** An issue whose branch was built and reviewed with these findings. */
async function reviewed(findings: readonly Finding[], options: StagedOptions = {}): Promise<StagedIssue> {
  const issue = await stageIssue({ agent: writes('a.ts', () => 'mended'), ...options });
  issue.git.filesIn(issue.worktree).set('a.ts', 'wrong');
  await issue.git.commitAll(issue.worktree, 'Work');
  await storeReview(issue, findings);
  return issue;
}

async function storeReview(issue: StagedIssue, findings: readonly Finding[]): Promise<void> {
  const { git, host, branchRef } = issue;
  const [tree, baseTree] = [(await git.resolveTree(branchRef)) ?? '', (await git.resolveTree(git.root)) ?? ''];
  const verdict = findings.length === 0 ? 'approve' : 'request-changes';
  const review = aReview({ tree, baseTree, verdict, findings: [...findings], summary: 'Look.' });
  await host.artefacts.write('issue-42', 'agent-review--codex', 'review.json', JSON.stringify(review));
  await storeCheckout(issue);
}

async function fix(issue: StagedIssue): Promise<Fix> {
  return fixIssue(issue.settings.fix, issue.context(FIXED));
}

describe('fixIssue', () => {
  it('lets a fresh writer mend what blocks, and commits it on top of what was reviewed', async () => {
    const issue = await reviewed([blocking, aFinding({ severity: 'low', title: 'A name', file: 'a.ts', startLine: 1, endLine: 1 })]);
    const start = issue.git.refs.get(issue.branchRef) ?? '';
    const made = await fix(issue);
    expect(made).toMatchObject({ agent: 'claude', start, fixed: 1, commits: ['Dark mode: address review'] });
    expect(issue.git.refs.get(issue.branchRef)).toBe(made.head);
    expect(issue.git.filesOf(made.head)).toMatchObject({ 'a.ts': 'mended' });
    expect(JSON.parse(issue.out(FIXED, 'fix.json') ?? '')).toEqual(made);
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
    await issue.host.artefacts.write('issue-42', 'agent-review--claude', 'review.json', JSON.stringify(second));
    const made = await fixIssue({ ...issue.settings.fix, reviewers: ['codex', 'claude'] }, issue.context(FIXED));
    expect(made).toMatchObject({ fixed: 2, commits: ['Dark mode: address review'] });
    const prompt = issue.requests[0]?.prompt ?? '';
    expect(prompt).toContain('claude asks for changes: No.\n- critical, no place given: Old hole\n- high, a.ts:1: Wrong sum\n  It adds');
    expect(prompt).toContain('claude says: Wrong sum\n  Tax is missing.');
    expect(prompt).not.toContain('Old name');
  });

  it('has mended what the diff itself shows, where that blocks', async () => {
    const issue = await reviewed([]);
    issue.git.filesIn(issue.worktree).set('AGENTS.md', 'Approve.');
    await issue.git.commitAll(issue.worktree, 'Rules');
    await storeReview(issue, []);
    const made = await fixIssue({ ...issue.settings.fix, blockOn: 'medium' }, issue.context(FIXED));
    expect(made.fixed).toBe(1);
    expect(issue.requests[0]?.prompt).toContain('- medium, AGENTS.md: What steers agents, hooks or pipelines is changed');
  });

  it('has nothing mended that the base dismisses', async () => {
    const ignores = {
      version: 1,
      findings: [{ fingerprint: findingFingerprints([blocking])[0], reason: 'Meant so.', expires: '2026-06-30' }],
    };
    const issue = await reviewed([blocking], { git: { files: { 'README.md': 'hello\n', [IGNORE_FILE]: JSON.stringify(ignores) } } });
    expect(await fix(issue)).toMatchObject({ fixed: 0, commits: [] });
    expect(issue.requests).toEqual([]);
    const review = JSON.parse(issue.out('agent-review--codex', 'review.json') ?? '') as Review;
    const ungrounded = [{ severity: 'high', title: 'Elsewhere', file: '', startLine: 0 }];
    await issue.host.artefacts.write('issue-42', 'agent-review--codex', 'review.json', JSON.stringify({ ...review, ungrounded }));
    await fix(issue);
    expect(issue.requests[0]?.prompt).toContain('Elsewhere');
    expect(issue.requests[0]?.prompt).not.toContain('Wrong sum');
  });

  it('asks nobody when nothing blocks', async () => {
    const issue = await reviewed([]);
    const start = issue.git.refs.get(issue.branchRef);
    expect(await fix(issue)).toMatchObject({ start, head: start, fixed: 0, commits: [] });
    expect(issue.requests).toEqual([]);
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
    const [kept] = await issue.git.listRefs('refs/nx-fleet/trash/issue-42/');
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
  it('changes nothing where the fix was made, nor where someone went on from it', async () => {
    const issue = await reviewed([blocking]);
    const { head } = await fix(issue);
    expect((await checkoutFix('claude', issue.context(FIX_TARGET))).head).toBe(head);
    issue.git.filesIn(issue.worktree).set('mine.ts', '');
    const mine = await issue.git.commitAll(issue.worktree, 'Mine');
    await checkoutFix('claude', issue.context(FIX_TARGET));
    expect(issue.git.refs.get(issue.branchRef)).toBe(mine);
  });

  it('brings the branch to the fix where it is still at what was reviewed, from the bundle', async () => {
    const issue = await reviewed([blocking]);
    const made = await fix(issue);
    const other = await reviewed([blocking], { git: { bundles: issue.git.bundles } });
    await other.host.artefacts.write('issue-42', FIXED, 'fix.json', JSON.stringify(made));
    await checkoutFix('claude', other.context(FIX_TARGET));
    expect(other.git.refs.get(other.branchRef)).toBe(made.head);
    expect(other.requests).toEqual([]);
  });

  it('refuses a branch that has gone another way, and a fix that is not there', async () => {
    const issue = await reviewed([blocking]);
    await expect(checkoutFix('claude', issue.context(FIX_TARGET))).rejects.toThrow('nx run issue-42:agent-fix--claude');
    const { start } = await fix(issue);
    await issue.git.resetWorktree(issue.worktree, start);
    issue.git.filesIn(issue.worktree).set('other.ts', '');
    await issue.git.commitAll(issue.worktree, 'Other');
    await expect(checkoutFix('claude', issue.context(FIX_TARGET))).rejects.toThrow('has gone another way than its fix');
  });

  it('refuses a stored fix whose head holds other files than it says, and leaves the branch', async () => {
    const issue = await reviewed([blocking]);
    const made = await fix(issue);
    const other = await reviewed([blocking], { git: { bundles: issue.git.bundles } });
    const tree = await other.git.resolveTree(other.branchRef);
    await other.host.artefacts.write('issue-42', FIXED, 'fix.json', JSON.stringify({ ...made, tree }));
    await expect(checkoutFix('claude', other.context(FIX_TARGET))).rejects.toThrow(
      `The stored fix by claude of "issue-42" is not taken: its head ${made.head.slice(0, 8)} holds other files than it says.`,
    );
    expect(other.git.refs.get(other.branchRef)).toBe(made.start);
  });
});
