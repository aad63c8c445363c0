import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allocations, fleetState } from './workspace/fleet-state.js';
import { createShop, query, worktreeOf } from './workspace/shop.js';
import type { Finished } from './workspace/processes.js';
import { succeed, type Workspace } from './workspace/workspace.js';

const ISSUES = {
  'docs/issues/1.md': '# One apple\n\nAn apple.\n',
  'docs/issues/2.md': '# Two pears\n\nPears.\n',
  'docs/issues/3.md': '---\nblocked-by: 1\n---\n# Three figs\n\nFigs.\n',
};

interface StatusRow {
  readonly project: string;
  readonly worktree: string | null;
  readonly ports: Readonly<Record<string, number>>;
  readonly stages: readonly { readonly target: string; readonly state: string }[];
  readonly verdict: string | null;
}

describe('the status of worktrees, and their removal', () => {
  let workspace: Workspace;
  const remove = (issues: string, ...options: string[]): Promise<Finished> =>
    workspace.nx('g', 'remove-worktree', `--issue=${issues}`, ...options);
  const firstPort = (project: string): number | undefined => allocations(workspace).find((row) => row.project === project)?.firstPort;

  beforeAll(async () => {
    workspace = await createShop(ISSUES);
    await succeed(workspace.nx('g', 'worktree', '--issue=1,2,3'));
  });

  afterAll(() => workspace.remove());

  it('shows issues and stages in a table', async () => {
    await succeed(workspace.nx('run', 'issue-2:agent-review'));
    const { output } = await succeed(workspace.nx('run', 'fleet:status'));
    expect(output).toMatch(
      /Issue +Title +plan +build: robot +validate +review: inspector +Tokens +Cost +Spent here +Verdict +Port +Database/,
    );
    expect(output).toMatch(/issue-1 +One apple +- +- +- +- /);
    expect(output).toMatch(new RegExp(`issue-2 +Two pears .* approved +${firstPort('issue-2')} +sqlite data/shop.db`));
  });

  it('writes the status as JSON for scripts', async () => {
    const { stdout } = await succeed(workspace.nx('run', 'fleet:status', '--json'));
    const rows = JSON.parse(stdout.split('\n').find((line) => line.startsWith('[')) ?? '') as StatusRow[];
    expect(rows.map(({ project, verdict }) => [project, verdict])).toEqual([
      ['issue-1', null],
      ['issue-2', 'approve'],
      ['issue-3', null],
    ]);
    expect(rows[1]).toMatchObject({ worktree: worktreeOf(workspace, 'issue-2'), ports: { PORT: firstPort('issue-2') } });
    expect(rows[1]?.stages.every(({ state }) => state === 'done')).toBe(true);
  });

  it('refuses what would lose work or leave others waiting, and removes nothing', async () => {
    writeFileSync(join(worktreeOf(workspace, 'issue-2'), 'dirty.txt'), 'precious\n');
    const before = await fleetState(workspace);
    const refused = await remove('2,1');
    expect(refused.exitCode).not.toBe(0);
    expect(refused.output).toContain(
      'Nothing is removed, since work would be lost: "issue-2" (1 uncommitted file, first "dirty.txt"; 1 unpushed and unmerged commit on "issue/2-two-pears"',
    );
    expect(refused.output).toContain('"issue-1" ("issue-3" waits for it)');
    expect(await fleetState(workspace)).toEqual(before);
  });

  it('removes with --force, and keeps what goes under refs that give it back', async () => {
    const built = await workspace.git('rev-parse', 'issue/2-two-pears');
    const { output } = await succeed(remove('2', '--force'));
    const refs = [...output.matchAll(/kept as (\S+): nx run fleet:doctor --restore=/g)].map(([, ref]) => ref ?? '');
    const commits = await Promise.all(refs.map((ref) => workspace.git('rev-parse', ref)));
    expect(commits).toContain(built);
    const dirty = await Promise.all(refs.map((ref) => workspace.git('ls-tree', '-r', '--name-only', ref)));
    expect(dirty.some((files) => files.split('\n').includes('dirty.txt'))).toBe(true);
    expect(existsSync(worktreeOf(workspace, 'issue-2'))).toBe(false);
  });

  it('removes nothing with --dry-run', async () => {
    const before = await fleetState(workspace);
    await succeed(remove('3', '--dry-run'));
    expect(await fleetState(workspace)).toEqual(before);
  });

  it('removes worktree, branch, database, state and port, of an issue and of one that waits for it', async () => {
    await succeed(remove('1,3'));
    expect(allocations(workspace)).toEqual([]);
    expect(await workspace.git('branch', '--format=%(refname:short)')).toBe('main');
    expect((await workspace.git('worktree', 'list')).split('\n')).toHaveLength(1);
    for (const project of ['issue-1', 'issue-2', 'issue-3']) {
      expect(
        [
          worktreeOf(workspace, project),
          join(workspace.root, '.nx-fleet/issues', project),
          join(workspace.root, '.nx-fleet/out', project),
        ].filter((path) => existsSync(path)),
      ).toEqual([]);
    }
    expect(await workspace.git('status', '--porcelain')).toBe('');
  });

  it('makes a removed worktree anew from the present database and base', async () => {
    query(join(workspace.root, 'data/shop.db'), "INSERT INTO fruit VALUES ('fig')");
    await succeed(workspace.nx('g', 'worktree', '--issue=1'));
    expect(query(join(worktreeOf(workspace, 'issue-1'), 'data/shop.db'), 'SELECT name FROM fruit')).toEqual([['apple'], ['fig']]);
  });

  it('finishes an issue whose folder somebody removed', async () => {
    rmSync(worktreeOf(workspace, 'issue-1'), { recursive: true });
    await succeed(remove('1'));
    expect(allocations(workspace)).toEqual([]);
  });
});
