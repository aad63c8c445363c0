import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { registryState } from './workspace/fleet-state.js';
import { createShop } from './workspace/shop.js';
import { worktreeFaults } from './workspace/worktree-faults.js';
import { succeed, type Workspace } from './workspace/workspace.js';

const FILES = {
  'docs/issues/1.md': '# One apple\n\nAn apple.\n',
  'docs/issues/2.md': '# Two pears\n\nPears.\n',
  'apps/store/project.json': '{ "name": "store", "targets": { "hello": { "command": "node --version" } } }\n',
};

describe('worktrees inside of the repository', () => {
  let workspace: Workspace;
  const exclude = (): string => readFileSync(join(workspace.root, '.git/info/exclude'), 'utf8');

  async function projects(): Promise<readonly string[]> {
    const { stdout } = await succeed(workspace.nx('show', 'projects', '--json'));
    return (JSON.parse(stdout) as string[]).toSorted();
  }

  beforeAll(async () => {
    workspace = await createShop(FILES, { worktrees: { directory: '.worktrees' } });
  });

  afterAll(() => workspace.remove());

  it('are made there, and git sees nothing of them', async () => {
    await succeed(workspace.nx('g', 'worktree', '--issue=1,2'));
    const { allocations } = registryState(workspace);
    expect(allocations.map(({ worktree }) => worktree).toSorted()).toEqual(
      ['issue-1', 'issue-2'].map((name) => join(workspace.root, '.worktrees', name)),
    );
    expect((await Promise.all(allocations.map((claim) => worktreeFaults(claim, workspace)))).flat()).toEqual([]);
    expect(exclude().match(/^\/\.worktrees\/?$/gm)).toHaveLength(1);
    expect(await workspace.git('status', '--porcelain')).toBe('');
  });

  it('bring no project a second time into the graph of Nx', async () => {
    expect(await projects()).toEqual(['fleet', 'issue-1', 'issue-2', 'store']);
  });

  it('can be worked in with Nx', async () => {
    const cwd = join(workspace.root, '.worktrees/issue-1');
    const { stdout } = await succeed(workspace.startNx(['show', 'projects', '--json'], { cwd }).finished);
    expect((JSON.parse(stdout) as string[]).toSorted()).toEqual(['fleet', 'store']);
    await succeed(workspace.startNx(['run', 'store:hello'], { cwd }).finished);
  });

  it('are reviewed as any others', async () => {
    expect((await succeed(workspace.nx('run', 'issue-1:agent-review'))).output).toContain('Verdict: approved');
  });

  it('add their line once, behind what is there', async () => {
    writeFileSync(join(workspace.root, '.git/info/exclude'), `*.mine\n${exclude()}`);
    const before = exclude();
    await succeed(workspace.nx('g', 'worktree', '--issue=1,2'));
    expect(exclude()).toBe(before);
  });

  it('are removed', async () => {
    await succeed(workspace.nx('g', 'remove-worktree', '--issue=1,2', '--force'));
    expect(['issue-1', 'issue-2'].filter((name) => existsSync(join(workspace.root, '.worktrees', name)))).toEqual([]);
    expect(await projects()).toEqual(['fleet', 'store']);
  });
});
