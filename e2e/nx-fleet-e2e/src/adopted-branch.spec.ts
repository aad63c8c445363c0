import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { agentCalls, callLog } from './workspace/agent-calls.js';
import { registryState } from './workspace/fleet-state.js';
import { startGitHub, type LoopbackGitHub } from './workspace/loopback-github.js';
import type { Finished } from './workspace/processes.js';
import { createShop, worktreeOf } from './workspace/shop.js';
import { worktreeFaults } from './workspace/worktree-faults.js';
import { succeed, type Workspace } from './workspace/workspace.js';

describe('a worktree for work that is there already', () => {
  let workspace: Workspace;
  let github: LoopbackGitHub;
  const nx = (...args: string[]): Promise<Finished> =>
    workspace.startNx(args, { env: { ...callLog(workspace), GITHUB_TOKEN: 'ghp_loopback' } }).finished;
  const manifest = (project: string): Record<string, unknown> =>
    JSON.parse(workspace.read(`.nx-fleet/issues/${project}/issue.json`)) as Record<string, unknown>;

  /** Commits on the checked out branch of a folder. @returns the commit */
  async function commit(folder: string, file: string): Promise<string> {
    writeFileSync(join(folder, file), `${file} works\n`);
    await workspace.git('-C', folder, 'add', '-A');
    await workspace.git('-C', folder, 'commit', '-qm', `Add ${file}`);
    return workspace.git('-C', folder, 'rev-parse', 'HEAD');
  }

  async function expectWhole(project: string, branch: string, head: string): Promise<void> {
    const claim = registryState(workspace).allocations.find((one) => one.project === project);
    expect(claim).toMatchObject({ branch, state: 'ready' });
    expect(claim === undefined ? [] : await worktreeFaults(claim, workspace)).toEqual([]);
    expect(await workspace.git('-C', worktreeOf(workspace, project), 'rev-parse', 'HEAD')).toBe(head);
  }

  let first: string;
  let ours: string;
  let theirs: string;

  beforeAll(async () => {
    github = await startGitHub();
    workspace = await createShop({}, { options: { tracker: github.tracker } });
    first = await workspace.git('rev-parse', 'HEAD');
    const origin = join(workspace.folder, 'origin.git');
    await workspace.git('init', '-q', '--bare', '-b', 'main', origin);
    await workspace.git('remote', 'add', 'origin', origin);
    await workspace.git('push', '-q', '-u', 'origin', 'main');
    await workspace.git('remote', 'set-head', 'origin', 'main');
    const colleague = join(workspace.folder, 'colleague');
    await workspace.git('clone', '-q', origin, colleague);
    ours = await commit(colleague, 'work-ours.txt');
    await workspace.git('-C', colleague, 'push', '-q', 'origin', 'HEAD:refs/heads/feature/limes', 'HEAD:refs/pull/12/head');
    await workspace.git('-C', colleague, 'reset', '-q', '--hard', first);
    theirs = await commit(colleague, 'work-theirs.txt');
    await workspace.git('-C', colleague, 'push', '-q', 'origin', 'HEAD:refs/pull/13/head');
    github.pullRequests.set(12, { number: 12, title: 'Limes', state: 'open', branch: 'feature/limes', head: ours });
    github.pullRequests.set(13, { number: 13, title: 'Figs', state: 'open', branch: 'main', head: theirs, fork: 'eve/shop' });
    github.pullRequests.set(14, { number: 14, title: 'Old', state: 'closed', branch: 'old', head: ours });
    github.issues.set(7, 'Seven plums');
  });

  afterAll(async () => {
    workspace.remove();
    await github.stop();
  });

  it('takes on the branch of a pull request with the work on it', async () => {
    await succeed(nx('g', 'worktree', '--pr=12'));
    await expectWhole('issue-pr-12', 'feature/limes', ours);
    expect(manifest('issue-pr-12')).toMatchObject({ base: first, adopted: true, tracker: { type: 'github', reference: 'pr-12' } });
  });

  it('reviews that work as it is, without a writer', async () => {
    const { output } = await succeed(nx('run', 'issue-pr-12:agent-review'));
    expect(output).toContain('Verdict: approved');
    expect(agentCalls(workspace).map(({ stage }) => stage)).toEqual(['review']);
    expect(await workspace.git('rev-parse', 'feature/limes')).toBe(ours);
  });

  it('gives the branch of a fork a name of its own', async () => {
    await succeed(nx('g', 'worktree', '--pr=13'));
    await expectWhole('issue-pr-13', 'pr-13/main', theirs);
  });

  it.each([
    ['that is closed', '--pr=14', 'Pull request 14 is closed. Name an open one.'],
    ['that does not exist', '--pr=99', 'Pull request "99" of acme/shop could not be read: GitHub answered 404.'],
    ['without a number', '--pr=limes', '--pr="limes" is not a pull request number.'],
  ])('refuses a pull request %s', async (_, option, message) => {
    const refused = await nx('g', 'worktree', option);
    expect(refused.exitCode).not.toBe(0);
    expect(refused.output).toContain(message);
  });

  it('takes on a branch that is there when it is named', async () => {
    await workspace.git('switch', '-qc', 'mine');
    const mine = await commit(workspace.root, 'work-mine.txt');
    await workspace.git('switch', '-q', 'main');
    await succeed(nx('g', 'worktree', '--issue=7', '--branch=mine'));
    await expectWhole('issue-7', 'mine', mine);
    expect(manifest('issue-7')).toMatchObject({ base: first, adopted: true });
  });

  it('is there when it is asked for again', async () => {
    const { output } = await succeed(nx('g', 'worktree', '--pr=12,13', '--issue=7'));
    expect(output.match(/was there$/gm)).toHaveLength(3);
    await expectWhole('issue-pr-12', 'feature/limes', ours);
  });

  it('leaves a branch that was there before it, and takes those that it fetched', async () => {
    await succeed(nx('g', 'remove-worktree', '--issue=pr-12,pr-13,7'));
    expect(registryState(workspace).allocations).toEqual([]);
    expect((await workspace.git('branch', '--format=%(refname:short)')).split('\n').toSorted()).toEqual(['main', 'mine']);
  });
});
