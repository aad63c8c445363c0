import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { registryState, type ClaimRow } from './workspace/fleet-state.js';
import { mainWorktreeState } from './workspace/main-worktree-state.js';
import { processesLeft, type Finished } from './workspace/processes.js';
import { createShop, worktreeOf } from './workspace/shop.js';
import { worktreeFaults } from './workspace/worktree-faults.js';
import { succeed, type Workspace } from './workspace/workspace.js';

const ISSUES = Object.fromEntries([1, 2, 3, 4, 5].map((issue) => [`docs/issues/${issue}.md`, `# Fruit ${issue}\n\nA fruit.\n`]));

describe('a spare worktree', () => {
  let workspace: Workspace;
  const make = (issues: string, ci = 'false'): Promise<Finished> =>
    workspace.startNx(['g', 'worktree', '--verbose', `--issue=${issues}`], { env: { CI: ci } }).finished;
  const claimOf = (project: string): ClaimRow | undefined =>
    registryState(workspace).allocations.find((claim) => claim.project === project);
  const log = (): string => readFileSync(join(workspace.root, '.nx-fleet/local/spares.log'), 'utf8');

  /** Waits for the process that prepares spares behind a command. */
  async function settle(): Promise<void> {
    expect(await processesLeft(workspace.folder, 60_000)).toEqual([]);
  }

  async function expectWhole(project: string): Promise<void> {
    const claim = claimOf(project);
    expect(claim === undefined ? ['no claim'] : await worktreeFaults(claim, workspace)).toEqual([]);
  }

  const spareFolder = (): string => join(workspace.parent, 'shop.worktrees/.nx-fleet-spare-1');

  beforeAll(async () => {
    workspace = await createShop(ISSUES, { worktrees: { spares: 1 } });
  });

  afterAll(() => workspace.removeAtRest());

  it('is not prepared in CI', async () => {
    await succeed(make('1', 'true'));
    await settle();
    expect(registryState(workspace).spares).toEqual([]);
    expect(existsSync(spareFolder())).toBe(false);
    await expectWhole('issue-1');
  });

  it('is prepared behind the first command, which does not wait for it', async () => {
    await succeed(make('2'));
    await settle();
    expect(registryState(workspace).spares).toEqual([expect.objectContaining({ worktree: spareFolder(), state: 'ready' })]);
    expect(existsSync(join(spareFolder(), 'node_modules/nx/package.json'))).toBe(true);
    expect(log()).toContain(`preparing a spare worktree in "${spareFolder()}"`);
  });

  it('becomes the next issue’s worktree: branch, files, dependencies, env and database are its own', async () => {
    const { ino } = statSync(join(spareFolder(), 'node_modules'));
    workspace.write('news.txt', 'newer than the spare\n');
    await workspace.git('add', '-A');
    await workspace.git('commit', '-qm', 'second');
    const main = await mainWorktreeState(workspace);
    const { output } = await succeed(make('3'));
    expect(output).toContain('a spare worktree becomes issue/3-fruit-3');
    await expectWhole('issue-3');
    expect(statSync(join(worktreeOf(workspace, 'issue-3'), 'node_modules')).ino).toBe(ino);
    expect(readFileSync(join(worktreeOf(workspace, 'issue-3'), 'news.txt'), 'utf8')).toBe('newer than the spare\n');
    expect(await mainWorktreeState(workspace)).toEqual(main);
  });

  it('is replaced by another at the newest commit', async () => {
    await settle();
    expect(registryState(workspace).spares).toEqual([expect.objectContaining({ worktree: spareFolder(), state: 'ready' })]);
    expect(existsSync(join(spareFolder(), 'news.txt'))).toBe(true);
  });

  it('goes to one of two issues, and the other one is checked out', async () => {
    const { output } = await succeed(make('4,5'));
    expect(output.match(/a spare worktree becomes/g)).toHaveLength(1);
    await Promise.all(['issue-4', 'issue-5'].map(expectWhole));
    await settle();
  });

  it('is seen by no command for issues', async () => {
    const { stdout } = await succeed(workspace.nx('run', 'fleet:status', '--json'));
    const rows = JSON.parse(stdout.split('\n').find((line) => line.startsWith('[')) ?? '') as { project: string }[];
    expect(rows.map(({ project }) => project)).toEqual(['issue-1', 'issue-2', 'issue-3', 'issue-4', 'issue-5']);
  });

  it('made of an unusable folder is replaced by a checkout', async () => {
    await succeed(workspace.nx('g', 'remove-worktree', '--issue=5'));
    const left = await workspace.run('rm', ['-rf', join(spareFolder(), '.git')]);
    expect(left.exitCode).toBe(0);
    const { output } = await succeed(make('5'));
    expect(output).toContain('the spare worktree cannot be used');
    await expectWhole('issue-5');
    await settle();
  });

  it('is taken away by the doctor when it is not wanted any more', async () => {
    workspace.write('nx-fleet.json', workspace.read('nx-fleet.json').replace('"spares": 1', '"spares": 0'));
    await workspace.nx('run', 'fleet:doctor');
    expect(registryState(workspace).spares).toEqual([]);
    expect(existsSync(spareFolder())).toBe(false);
    await workspace.git('checkout', '-q', 'nx-fleet.json');
  });
});
