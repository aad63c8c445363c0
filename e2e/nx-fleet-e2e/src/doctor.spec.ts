import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { itInFull } from './versions.js';
import { FILE_DATABASE, FILE_DATABASE_FILES, fileDatabases } from './workspace/file-databases.js';
import { allocations, fleetState, registryState } from './workspace/fleet-state.js';
import { processesLeft, untilTrue, type Finished, type Running } from './workspace/processes.js';
import { createShop, worktreeOf } from './workspace/shop.js';
import { succeed, type Workspace } from './workspace/workspace.js';

const ISSUES = Object.fromEntries([1, 2, 3].map((issue) => [`docs/issues/${issue}.md`, `# Fruit ${issue}\n\nA fruit.\n`]));

interface Report {
  readonly subject: string;
  readonly reason: string;
  readonly remedy: string;
  readonly outcome: string;
}

describe('nx run fleet:doctor', () => {
  let workspace: Workspace;
  const mark = (name: string): string => join(workspace.env['HOME'] ?? '', name);
  const doctor = (...options: string[]): Promise<Finished> => workspace.nx('run', 'fleet:doctor', ...options);
  const remove = (issue: number, ...options: string[]): Promise<Finished> =>
    workspace.nx('g', 'remove-worktree', `--issue=${issue}`, ...options);

  async function reports(...options: string[]): Promise<readonly Report[]> {
    const { stdout } = await doctor('--json', ...options);
    return JSON.parse(stdout.split('\n').find((line) => line.startsWith('[')) ?? '') as Report[];
  }

  /** It says what it would do and does nothing; then it does it; then there is nothing left to do. */
  async function expectRepaired(subject: string, reason: string, remedy: string): Promise<void> {
    const before = await fleetState(workspace);
    const expected = { subject: expect.stringContaining(subject), reason: expect.stringContaining(reason), remedy };
    expect(await reports('--dryRun')).toEqual([{ ...expected, outcome: 'would-repair' }]);
    expect(await fleetState(workspace)).toEqual(before);
    expect(await reports()).toEqual([{ ...expected, outcome: 'repaired' }]);
    expect(await reports()).toEqual([]);
  }

  async function killWhenGone(running: Running, file: string): Promise<void> {
    await untilTrue(`${file} is taken`, () => !existsSync(mark(file)));
    running.signal('SIGKILL');
    expect((await running.finished).exitCode).toBeNull();
  }

  beforeAll(async () => {
    workspace = await createShop(ISSUES, { options: { database: FILE_DATABASE }, files: FILE_DATABASE_FILES });
    await succeed(workspace.nx('g', 'worktree', '--issue=1'));
  });

  afterAll(() => workspace.removeAtRest());

  it('finds nothing where nothing is wrong, and says so', async () => {
    expect((await succeed(doctor())).output).toContain('No problems found.');
    expect(await reports()).toEqual([]);
  });

  it('undoes what was killed while it was being made', async () => {
    const before = await fleetState(workspace);
    const databases = fileDatabases(workspace);
    writeFileSync(mark('hang-setup'), '');
    await killWhenGone(workspace.startNx(['g', 'worktree', '--issue=2']), 'hang-setup');
    expect(fileDatabases(workspace)).toHaveLength(databases.length + 1);
    await expectRepaired('issue-2', 'its creation was interrupted', 'undo');
    expect(await fleetState(workspace)).toEqual(before);
    expect(fileDatabases(workspace)).toEqual(databases);
    expect(await processesLeft(workspace.folder)).toEqual([]);
  });

  itInFull('finishes a removal that was killed', async () => {
    const before = await fleetState(workspace);
    const databases = fileDatabases(workspace);
    await succeed(workspace.nx('g', 'worktree', '--issue=2'));
    writeFileSync(mark('hang-remove'), '');
    await killWhenGone(workspace.startNx(['g', 'remove-worktree', '--issue=2']), 'hang-remove');
    await expectRepaired('issue-2', 'its removal was interrupted', 'finish');
    expect(await fleetState(workspace)).toEqual(before);
    expect(fileDatabases(workspace)).toEqual(databases);
    expect(await processesLeft(workspace.folder)).toEqual([]);
  });

  it('removes the database that a removal had to leave behind', async () => {
    const databases = fileDatabases(workspace);
    await succeed(workspace.nx('g', 'worktree', '--issue=2'));
    const [orphan = ''] = fileDatabases(workspace).filter((name) => !databases.includes(name));
    writeFileSync(mark('fail-remove'), '');
    expect((await succeed(remove(2))).output).toContain('the database branch stays');
    expect(fileDatabases(workspace)).toContain(orphan);
    rmSync(mark('fail-remove'));
    await expectRepaired(orphan, 'no worktree of "issue-2" uses it', 'remove');
    expect(fileDatabases(workspace)).toEqual(databases);
  });

  it('leaves databases alone that are not ours', async () => {
    writeFileSync(mark('databases/production'), 'precious');
    writeFileSync(mark('databases/shop_issue-9_someone'), 'precious');
    expect(await reports()).toEqual([]);
    expect(fileDatabases(workspace)).toEqual(expect.arrayContaining(['production', 'shop_issue-9_someone']));
  });

  it('gives back all that an issue holds whose folders somebody deleted', async () => {
    const before = await fleetState(workspace);
    const databases = fileDatabases(workspace);
    await succeed(workspace.nx('g', 'worktree', '--issue=3'));
    for (const folder of [worktreeOf(workspace, 'issue-3'), join(workspace.root, '.nx-fleet/issues/issue-3')]) {
      rmSync(folder, { recursive: true });
    }
    const found = await reports();
    expect(found).toContainEqual(expect.objectContaining({ subject: 'issue-3', remedy: 'release', outcome: 'repaired' }));
    expect(await reports()).toEqual([]);
    expect(fileDatabases(workspace)).toEqual(databases);
    expect(await fleetState(workspace)).toEqual(before);
  });

  itInFull('says what only a person can decide, and fails until it is decided', async () => {
    await succeed(workspace.nx('g', 'worktree', '--issue=3'));
    rmSync(worktreeOf(workspace, 'issue-3'), { recursive: true });
    const { exitCode, output } = await doctor();
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(/issue-3 +its worktree ".*issue-3" is gone\. Make it again: nx g worktree --issue=3 +- +needs you/);
    await succeed(workspace.nx('g', 'worktree', '--issue=3'));
    expect(await reports()).toEqual([]);
    await succeed(remove(3));
  });

  itInFull('releases the ports of a clone that is gone only when asked to', async () => {
    const before = allocations(workspace);
    const clone = join(workspace.parent, 'clone');
    await succeed(workspace.run('cp', ['-a', workspace.root, clone], { cwd: workspace.parent }));
    rmSync(join(clone, '.git/worktrees'), { recursive: true });
    await succeed(workspace.startNx(['g', 'worktree', '--issue=2'], { cwd: clone }).finished);
    expect(allocations(workspace)).toHaveLength(before.length + 1);
    for (const folder of [clone, `${clone}.worktrees`]) rmSync(folder, { recursive: true });
    const repository = join(clone, '.git');
    expect(await reports()).toEqual([expect.objectContaining({ subject: repository, remedy: 'note', outcome: 'noted' })]);
    expect(allocations(workspace)).toHaveLength(before.length + 1);
    await succeed(doctor(`--release=${repository}`));
    expect(allocations(workspace)).toEqual(before);
  });

  it('brings back what a forced removal took away, committed and not', async () => {
    await succeed(workspace.nx('g', 'worktree', '--issue=3'));
    const worktree = worktreeOf(workspace, 'issue-3');
    writeFileSync(join(worktree, 'committed.txt'), 'committed\n');
    await workspace.git('-C', worktree, 'add', '-A');
    await workspace.git('-C', worktree, 'commit', '-qm', 'work');
    writeFileSync(join(worktree, 'draft.txt'), 'a draft\n');
    await succeed(remove(3, '--force'));
    expect(existsSync(worktree)).toBe(false);
    const { output } = await succeed(doctor('--restore=3'));
    const [, branch = ''] = /to branch "([^"]+)"/.exec(output) ?? [];
    expect(await workspace.git('show', `${branch}:committed.txt`)).toBe('committed');
    expect(await workspace.git('show', `${branch}:draft.txt`)).toBe('a draft');
    await succeed(doctor('--restore=issue-3'));
    const [, options = ''] = /Next: nx g worktree (.+)/.exec(output) ?? [];
    await succeed(workspace.nx('g', 'worktree', ...options.trim().split(' ')));
    expect(readFileSync(join(worktreeOf(workspace, 'issue-3'), 'draft.txt'), 'utf8')).toBe('a draft\n');
    expect(await reports()).toEqual([]);
  });

  it('says what it keeps when it is asked for something else', async () => {
    const { exitCode, output } = await doctor('--restore=77');
    expect(exitCode).not.toBe(0);
    expect(output).toContain('There is no backup of "77". There are backups of: issue-3');
  });

  it('forgets what was kept long enough, and nothing younger', async () => {
    const kept = (): Promise<string> => workspace.git('for-each-ref', 'refs/nx-fleet/backup/');
    const before = await kept();
    expect(before).not.toBe('');
    await succeed(doctor('--expire=30'));
    expect(await kept()).toBe(before);
    await succeed(doctor('--expire=0'));
    expect(await kept()).toBe('');
  });

  it('takes away spares that were made half-way', async () => {
    const before = await fleetState(workspace);
    workspace.write('nx-fleet.json', workspace.read('nx-fleet.json').replace('"spares": 0', '"spares": 1'));
    await succeed(workspace.startNx(['g', 'worktree', '--issue=1'], { env: { CI: 'false' } }).finished);
    const folder = join(workspace.parent, 'shop.worktrees/.nx-fleet-spare-1');
    await untilTrue('a spare is checked out', () => existsSync(join(folder, 'package.json')));
    const { spares } = registryState(workspace) as unknown as { spares: { owner: { pid: number } }[] };
    process.kill(-(spares[0]?.owner.pid ?? 0), 'SIGKILL');
    await expectRepaired('.nx-fleet-spare-1', 'spare', 'remove');
    await workspace.git('checkout', '-q', 'nx-fleet.json');
    rmSync(join(workspace.root, '.nx-fleet/local/spares.log'));
    expect(await fleetState(workspace)).toEqual(before);
  });
});
