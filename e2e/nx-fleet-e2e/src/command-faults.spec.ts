import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { NEWEST_NX } from './versions.js';
import { fleetState } from './workspace/fleet-state.js';
import type { Finished } from './workspace/processes.js';
import { SCRIPTED_FILES, scriptedOptions } from './workspace/scripted-agents.js';
import { worktreeOf } from './workspace/shop.js';
import { createWorkspace, succeed, type Workspace } from './workspace/workspace.js';

const FILES = {
  ...SCRIPTED_FILES,
  'nx.json': `${JSON.stringify({ analytics: false, neverConnectToCloud: true, plugins: ['nx-fleet/plugin'] }, null, 2)}\n`,
  'docs/issues/1.md': '# One apple\n\nAn apple.\n',
  'docs/issues/2.md': '---\nstate: closed\n---\n# Two pears\n\nPears.\n',
  'docs/issues/3.md': '---\nblocked-by: 4\n---\n# Three figs\n',
  'docs/issues/4.md': '---\nblocked-by: 3\n---\n# Four limes\n',
};

describe('nx g worktree refuses in one line', () => {
  let workspace: Workspace;

  async function expectFailure(args: readonly string[], message: string): Promise<Finished> {
    const failed = await workspace.nx(...args);
    expect(failed.exitCode).not.toBe(0);
    expect(failed.output).toContain(message);
    expect(failed.output).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
    return failed;
  }

  /** Nx's heading, our line, and no more. */
  async function expectRefusal(options: readonly string[], message: string): Promise<void> {
    const { output } = await expectFailure(['g', 'worktree', ...options], message);
    expect(output.split('\n').filter((line) => line.trim() !== '')).toHaveLength(2);
  }

  beforeAll(async () => {
    workspace = await createWorkspace({ ...NEWEST_NX, files: FILES });
  });

  afterAll(() => workspace.remove());

  it('a folder without a git repository', async () => {
    renameSync(join(workspace.root, '.git'), join(workspace.folder, 'git-away'));
    await expectRefusal(['--issue=1'], `"${workspace.root}" is not inside a git repository. Run git init and make a first commit.`);
    renameSync(join(workspace.folder, 'git-away'), join(workspace.root, '.git'));
  });

  it('a repository without a commit', async () => {
    await expectRefusal(['--issue=1'], 'The repository has no commit yet. Make a first commit.');
    await workspace.git('add', '-A');
    await workspace.git('commit', '-qm', 'first');
  });

  it.each([
    ['an issue that is not there', ['--issue=99'], 'Issue "99" does not exist in "docs/issues". There are: 1, 2, 3, 4.'],
    ['an issue that is closed', ['--issue=2'], 'Issue "2" is closed. Reopen it if there is work left.'],
    ['issues that wait for each other', ['--issue=3,4'], '"issue-3" waits for "issue-4" waits for "issue-3": nothing could start.'],
    ['a base that is not there', ['--issue=1', '--base=nowhere'], '"nowhere" is not a commit, branch or tag here.'],
    ['one branch for two issues', ['--issue=1,3', '--branch=one'], '--branch="one" names one branch, and 2 issues are given.'],
    ['a blocker without a worktree', ['--issue=1', '--after=4'], '--after names "issue-4", which has no worktree.'],
    ['a path out of the workspace', ['--issue=../../etc/secret.md'], 'Issue "../../etc/secret.md"'],
  ])('%s', async (_, options, message) => {
    const before = await fleetState(workspace);
    await expectRefusal(options, message);
    expect(await fleetState(workspace)).toEqual(before);
  });

  it('a default branch that nobody named', async () => {
    await workspace.git('branch', 'develop');
    await expectRefusal(['--issue=1'], 'The default branch is unknown. Say where to start: --base=main');
    await workspace.git('branch', '-D', 'develop');
  });

  it('a branch that is someone else’s', async () => {
    const tree = await workspace.git('rev-parse', 'HEAD^{tree}');
    const theirs = await workspace.git('commit-tree', '-m', 'theirs', tree);
    await workspace.git('branch', 'issue/1-one-apple', theirs);
    await expectRefusal(['--issue=1', '--base=main'], 'Branch "issue/1-one-apple" exists already and is not ours.');
    await workspace.git('branch', '-D', 'issue/1-one-apple');
  });

  it('a branch that is checked out elsewhere', async () => {
    const elsewhere = join(workspace.parent, 'elsewhere');
    await workspace.git('worktree', 'add', '-q', '-b', 'issue/1-one-apple', elsewhere);
    await expectRefusal(['--issue=1'], `Branch "issue/1-one-apple" is checked out in "${elsewhere}".`);
    await workspace.git('worktree', 'remove', elsewhere);
    await workspace.git('branch', '-D', 'issue/1-one-apple');
  });

  it('a path that is taken', async () => {
    mkdirSync(worktreeOf(workspace, 'issue-1'), { recursive: true });
    await expectRefusal(['--issue=1'], `"${worktreeOf(workspace, 'issue-1')}" exists already and is not the worktree of "issue-1".`);
    rmSync(worktreeOf(workspace, 'issue-1'), { recursive: true });
  });

  it.each([
    [
      'a value',
      { review: { blockOn: 'sometimes' } },
      'Invalid nx-fleet options in nx-fleet.json at "review.blockOn": expected one of "critical", "high", "medium", "low", "none", not "sometimes".',
    ],
    ['a key', { databse: { type: 'none' } }, 'Invalid nx-fleet options in nx-fleet.json: unknown key "databse"; expected '],
    [
      'an agent',
      { agents: { reviewers: ['oracle'] } },
      'Invalid nx-fleet options in nx-fleet.json at "agents.reviewers.0": expected one of claude, codex',
    ],
  ])('%s of the options that is not valid; a command of Nx that does not need them works', async (_, changes, message) => {
    workspace.write('nx-fleet.json', scriptedOptions(changes));
    await expectFailure(['g', 'worktree', '--issue=1'], message);
    expect((await succeed(workspace.nx('show', 'projects'))).output).toContain('fleet');
    workspace.write('nx-fleet.json', scriptedOptions());
  });

  it('nothing of the above once it is fixed, also with a detached HEAD', async () => {
    await workspace.git('checkout', '-q', '--detach');
    const main = await workspace.git('rev-parse', '--short=8', 'main');
    expect((await succeed(workspace.nx('g', 'worktree', '--issue=1', '--dry-run'))).output).toMatch(
      new RegExp(`issue/1-one-apple +${main}`),
    );
  });
});
