import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TESTS_ALL } from './versions.js';
import { allocations, fleetState } from './workspace/fleet-state.js';
import { startGitHub, type LoopbackGitHub, type PullRequestRow } from './workspace/loopback-github.js';
import { untilTrue, type Finished } from './workspace/processes.js';
import { createShop, worktreeOf } from './workspace/shop.js';
import { succeed, type Workspace } from './workspace/workspace.js';

const FIRST = [1, 2, 3, 4, 5, 6];
const AT_ONCE = TESTS_ALL ? 10 : 3;
const MERGED = [11, 12, 13, 14, 15, 16];

describe('nx g remove-worktree', () => {
  let workspace: Workspace;
  let github: LoopbackGitHub;
  const nx = (...args: string[]): Promise<Finished> => workspace.startNx(args, { env: { GITHUB_TOKEN: 'ghp_loopback' } }).finished;
  const remove = (...options: string[]): Promise<Finished> => nx('g', 'remove-worktree', ...options);
  const worktree = (issue: number): string => worktreeOf(workspace, `issue-${issue}`);
  const branch = (issue: number): string => `issue/${issue}-fruit-${issue}`;
  const inWorktree = (issue: number, ...args: string[]): Promise<string> => workspace.git('-C', worktree(issue), ...args);

  async function commit(issue: number, file = `work-${issue}.txt`): Promise<string> {
    writeFileSync(join(worktree(issue), file), `${issue}\n`);
    await inWorktree(issue, 'add', '--', file);
    await inWorktree(issue, 'commit', '-qm', `Work on ${issue}`);
    return inWorktree(issue, 'rev-parse', 'HEAD');
  }

  function openPullRequest(number: number, issue: number, rest: Pick<PullRequestRow, 'head' | 'state'> & { mergedAt?: string }): void {
    github.pullRequests.set(number, { number, title: `Fruit ${issue}`, branch: branch(issue), ...rest });
  }

  async function expectRefusal(issue: number, reason: string): Promise<void> {
    const before = await fleetState(workspace);
    const { exitCode, output } = await remove(`--issue=${issue}`);
    expect(exitCode).not.toBe(0);
    expect(output).toContain('Nothing is removed, since work would be lost');
    expect(output).toContain(reason);
    expect(await fleetState(workspace)).toEqual(before);
  }

  async function expectRemoved(issue: number, ...options: string[]): Promise<Finished> {
    const removed = await succeed(remove(`--issue=${issue}`, ...options));
    expect(existsSync(worktree(issue))).toBe(false);
    expect(await workspace.git('branch', '--list', branch(issue))).toBe('');
    expect(allocations(workspace).map(({ project }) => project)).not.toContain(`issue-${issue}`);
    return removed;
  }

  beforeAll(async () => {
    github = await startGitHub();
    for (const issue of [...FIRST, ...MERGED]) github.issues.set(issue, `Fruit ${issue}`);
    workspace = await createShop({}, { options: { tracker: github.tracker } });
    const origin = join(workspace.folder, 'origin.git');
    await workspace.git('init', '-q', '--bare', '-b', 'main', origin);
    await workspace.git('remote', 'add', 'origin', origin);
    await workspace.git('push', '-q', '-u', 'origin', 'main');
    await workspace.git('remote', 'set-head', 'origin', 'main');
    await succeed(nx('g', 'worktree', `--issue=${FIRST.join(',')}`));
  });

  afterAll(async () => {
    workspace.remove();
    await github.stop();
  });

  it('refuses a branch with a stash, which a forced removal leaves in the stash', async () => {
    writeFileSync(join(worktree(1), 'idea.txt'), 'an idea\n');
    await inWorktree(1, 'stash', 'push', '-qu');
    await expectRefusal(1, `1 stash entry of "${branch(1)}"`);
    await expectRemoved(1, '--force');
    expect(await workspace.git('show', 'stash@{0}^3:idea.txt')).toBe('an idea');
    await workspace.git('stash', 'drop', '-q');
  });

  it('refuses while a process works in the worktree, and names it', async () => {
    const server = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { cwd: worktree(2), stdio: 'ignore' });
    await expectRefusal(2, `process ${server.pid} (node) works in it`);
    server.kill('SIGKILL');
    await once(server, 'exit');
    await expectRemoved(2);
  });

  it('refuses commits that the branch’s own remote branch has not, and takes those that it has', async () => {
    await commit(3);
    await expectRefusal(3, `1 unpushed and unmerged commit on "${branch(3)}"`);
    await inWorktree(3, 'push', '-q', 'origin', branch(3));
    await commit(3, 'more.txt');
    await expectRefusal(3, `unmerged commits on "${branch(3)}"`);
    await inWorktree(3, 'push', '-q', 'origin', branch(3));
    await expectRemoved(3);
  });

  it('refuses a branch whose pull request is open, until it is closed', async () => {
    const head = await commit(4);
    await inWorktree(4, 'push', '-q', 'origin', branch(4));
    openPullRequest(40, 4, { head, state: 'open' });
    await expectRefusal(4, 'pull request https://github.com/acme/shop/pull/40 is open');
    openPullRequest(40, 4, { head, state: 'closed' });
    await expectRemoved(4);
  });

  it('refuses a detached HEAD with commits of its own, which --force keeps', async () => {
    await inWorktree(5, 'checkout', '-q', '--detach');
    const lonely = await commit(5);
    await expectRefusal(5, '1 unpushed and unmerged commit on a detached HEAD');
    const { output } = await expectRemoved(5, '--force');
    const [, ref = ''] = /kept as (\S+):/.exec(output) ?? [];
    expect(await workspace.git('rev-parse', ref)).toBe(lonely);
  });

  it('refuses a worktree that is locked in git', async () => {
    await workspace.git('worktree', 'lock', '--reason', 'on a stick', worktree(6));
    await expectRefusal(6, 'git has it locked: git worktree unlock');
    await workspace.git('worktree', 'unlock', worktree(6));
    await expectRemoved(6);
  });

  it('says that nothing is merged where nothing is', async () => {
    await succeed(nx('g', 'worktree', `--issue=${MERGED.join(',')}`));
    const { output } = await succeed(remove('--merged'));
    expect(output.match(/stays: its work is not merged/g)).toHaveLength(MERGED.length);
    expect(output).toContain('Nothing to remove.');
  });

  it('with --merged removes what is merged, squashed, or in a merged pull request, and nothing else', async () => {
    const [merged = 0, squashed = 0, byPullRequest = 0, unmerged = 0, drafted = 0, untouched = 0] = MERGED;
    for (const issue of [merged, squashed, byPullRequest, unmerged, drafted]) await commit(issue);
    await commit(squashed, 'more.txt');
    writeFileSync(join(worktree(drafted), 'draft.txt'), 'not yet\n');
    for (const issue of [merged, drafted]) await workspace.git('merge', '-q', '--no-ff', '-m', `Merge ${issue}`, branch(issue));
    await workspace.git('merge', '-q', '--squash', branch(squashed));
    await workspace.git('commit', '-qm', `Fruit ${squashed} (#50)`);
    await workspace.git('push', '-q', 'origin', 'main');
    const head = await inWorktree(byPullRequest, 'rev-parse', 'HEAD');
    openPullRequest(51, byPullRequest, { head, state: 'closed', mergedAt: '2026-11-20T12:00:00Z' });

    const before = await fleetState(workspace);
    await succeed(remove('--merged', '--dry-run'));
    expect(await fleetState(workspace)).toEqual(before);

    const { output } = await succeed(remove('--merged'));
    expect(output).toMatch(new RegExp(`issue-${merged} .*: merged into origin/main`));
    expect(output).toMatch(new RegExp(`issue-${squashed} .*: its change is in origin/main`));
    expect(output).toMatch(new RegExp(`issue-${byPullRequest} .*: pull request 51 is merged`));
    expect(output).toMatch(new RegExp(`issue-${unmerged} +stays: its work is not merged`));
    expect(output).toMatch(new RegExp(`issue-${drafted} +stays: 1 uncommitted file, first "draft.txt"`));
    expect(output).toMatch(new RegExp(`issue-${untouched} +stays: its work is not merged`));
    const left = [unmerged, drafted, untouched].map((issue) => `issue-${issue}`);
    expect(allocations(workspace).map(({ project }) => project)).toEqual(left);
    // What no ref of the default branch reaches under its own name is kept all the same.
    const refs = (await workspace.git('for-each-ref', '--format=%(objectname)', 'refs/nx-fleet/backup/')).split('\n');
    expect(refs).toContain(head);
  });

  it(`removes ${AT_ONCE} in one command`, async () => {
    const issues = Array.from({ length: AT_ONCE }, (_, index) => 21 + index);
    for (const issue of issues) github.issues.set(issue, `Fruit ${issue}`);
    const before = await fleetState(workspace);
    await succeed(nx('g', 'worktree', `--issue=${issues.join(',')}`));
    await succeed(remove(`--issue=${issues.join(',')}`));
    const directory = join(workspace.parent, 'shop.worktrees');
    await untilTrue(
      'what is deleted behind a command is gone',
      () => !readdirSync(directory).some((name) => name.startsWith('.nx-fleet-backup-')),
    );
    expect(await fleetState(workspace)).toEqual(before);
  });
});
