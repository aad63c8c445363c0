import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allocations, fleetState } from './workspace/fleet-state.js';
import { processesLeft, untilTrue, type Running } from './workspace/processes.js';
import { createShop, worktreeOf } from './workspace/shop.js';
import { succeed, type Workspace } from './workspace/workspace.js';

const ISSUES = {
  'docs/issues/1.md': '# One apple\n\nAn apple.\n',
  'docs/issues/2.md': '# Two pears\n\nPears.\n',
  'docs/issues/3.md': '# Three figs\n\nFigs.\n',
  'docs/issues/4.md': '# Four plums\n\nPlums.\n',
};

describe('a worktree command that does not get to its end', () => {
  let workspace: Workspace;
  const mark = (name: string): string => join(workspace.env['HOME'] ?? '', name);
  const make = (project: string): readonly string[] => ['g', 'worktree', '--verbose', `--issue=${project.slice('issue-'.length)}`];

  async function expectReady(project: string): Promise<void> {
    const again = await succeed(workspace.nx(...make(project)));
    expect(again.output).toMatch(new RegExp(`${project} +ready`));
    const worktree = worktreeOf(workspace, project);
    expect(existsSync(join(worktree, 'node_modules/.smoke'))).toBe(true);
    expect(await workspace.git('-C', worktree, 'status', '--porcelain')).toBe('');
    expect(allocations(workspace)).toContainEqual({ project, firstPort: expect.any(Number), state: 'ready' });
  }

  beforeAll(async () => {
    workspace = await createShop(ISSUES);
  });

  afterAll(() => workspace.removeAtRest());

  it('is undone when a setup command fails, which the message names; once fixed, it succeeds', async () => {
    const before = await fleetState(workspace);
    writeFileSync(mark('fail-setup'), '');
    const failed = await workspace.nx(...make('issue-1'));
    expect(failed.exitCode).not.toBe(0);
    expect(failed.output).toContain('The setup command "node tools/setup.mjs" failed in "');
    expect(failed.output).toContain('no seeds to sow');
    expect(await fleetState(workspace)).toEqual(before);
    rmSync(mark('fail-setup'));
    await expectReady('issue-1');
  });

  /** Starts a command whose setup command hangs; resolves when it does. */
  async function hangInSetup(project: string): Promise<Running> {
    writeFileSync(mark('hang-setup'), '');
    const running = workspace.startNx(make(project));
    await running.until('setup: node tools/setup.mjs');
    await untilTrue('the setup hangs', () => !existsSync(mark('hang-setup')));
    return running;
  }

  it('leaves no process after Ctrl-C in a setup command, and the same command finishes it', async () => {
    const interrupted = await hangInSetup('issue-2');
    interrupted.signal('SIGINT');
    expect((await interrupted.finished).exitCode).not.toBe(0);
    expect(await processesLeft(workspace.folder)).toEqual([]);
    await expectReady('issue-2');
  });

  it('is finished by the same command after kill -9 in the checkout', async () => {
    const killed = workspace.startNx(make('issue-3'));
    await killed.until('checking out');
    killed.signal('SIGKILL');
    expect((await killed.finished).exitCode).toBeNull();
    expect(allocations(workspace)).toContainEqual({ project: 'issue-3', firstPort: expect.any(Number), state: 'creating' });
    await expectReady('issue-3');
  });

  it('is finished by the same command after kill -9 in a setup command, which it ends first', async () => {
    const killed = await hangInSetup('issue-4');
    killed.signal('SIGKILL');
    expect((await killed.finished).exitCode).toBeNull();
    await expectReady('issue-4');
    expect(await processesLeft(workspace.folder)).toEqual([]);
  });
});
