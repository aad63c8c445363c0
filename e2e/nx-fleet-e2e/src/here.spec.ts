import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { registryState } from './workspace/fleet-state.js';
import type { Finished } from './workspace/processes.js';
import { createShop, query } from './workspace/shop.js';
import { succeed, type Workspace } from './workspace/workspace.js';

const ISSUES = { 'docs/issues/1.md': '# One apple\n\nAn apple.\n', 'docs/issues/2.md': '# Two pears\n\nPears.\n' };

describe('nx g worktree --here', () => {
  let workspace: Workspace;
  const make = (ci: string, ...options: string[]): Promise<Finished> =>
    workspace.startNx(['g', 'worktree', '--here', ...options], { env: { CI: ci } }).finished;
  const environment = (): string => readFileSync(join(workspace.root, '.env.local'), 'utf8');

  async function expectRefusal(refused: Promise<Finished>, message: string): Promise<void> {
    const { exitCode, output } = await refused;
    expect(exitCode).not.toBe(0);
    expect(output).toContain(message);
    expect(registryState(workspace).allocations).toEqual([]);
    expect(existsSync(join(workspace.root, '.nx-fleet/issues/issue-1'))).toBe(false);
  }

  beforeAll(async () => {
    workspace = await createShop(ISSUES, { options: { database: { type: 'none' } }, worktrees: { smoke: 'node --version' } });
    await workspace.git('switch', '-qc', 'topic');
  });

  afterAll(() => workspace.remove());

  it('refuses a checkout that is not thrown away', () =>
    expectRefusal(make('false', '--issue=1'), 'It is for throw-away ones: set CI=true if this is one.'));

  it('refuses uncommitted changes', async () => {
    workspace.write('draft.txt', 'a draft\n');
    await expectRefusal(make('true', '--issue=1'), 'has uncommitted changes ("draft.txt")');
    await workspace.git('clean', '-qf');
  });

  it('refuses two issues at once', () => expectRefusal(make('true', '--issue=1,2'), 'Give one issue.'));

  it('equips the checkout as it is, and works in it', async () => {
    workspace.write('.env.local', '# ours\nKEEP=1\n');
    await succeed(make('true', '--issue=1', '--base=main'));
    const [claim] = registryState(workspace).allocations;
    expect(claim).toMatchObject({ project: 'issue-1', worktree: workspace.root, branch: 'topic', state: 'ready' });
    expect(environment()).toContain(`PORT=${claim?.firstPort}`);
    expect(environment()).toContain('# ours\nKEEP=1\n');
    expect((await workspace.git('worktree', 'list')).split('\n')).toHaveLength(1);
    expect(await workspace.git('status', '--porcelain')).toBe('');
    expect((await succeed(workspace.nx('run', 'issue-1:agent-review'))).output).toContain('Verdict: approved');
    expect(await workspace.git('log', '-1', '--format=%s', 'topic')).not.toBe('first');
  });

  it('leaves checkout, branch and database when the issue is removed', async () => {
    await workspace.git('commit', '-q', '--allow-empty', '-m', 'more');
    const head = await workspace.git('rev-parse', 'topic');
    await succeed(workspace.nx('g', 'remove-worktree', '--issue=1'));
    expect(registryState(workspace).allocations).toEqual([]);
    expect(await workspace.git('rev-parse', 'HEAD')).toBe(head);
    expect(await workspace.git('branch', '--show-current')).toBe('topic');
    expect(environment()).toContain('KEEP=1');
    expect(environment()).not.toContain('PORT=');
    expect(query(join(workspace.root, 'data/shop.db'), 'SELECT name FROM fruit')).toEqual([['apple']]);
  });
});
