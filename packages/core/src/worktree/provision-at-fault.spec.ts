import type { DatabaseBranchRequest } from '../database/database.js';
import { UserError } from '../errors/user-error.js';
import type { FakeHostOptions } from '../host/fake-host.js';
import type { FakeGitOptions } from '../git/fake-git.js';
import type { SettingsInput } from '../settings/settings.js';
import { anIssue, createFakeFleet, planInFleet, provisionRequest, type FakeFleet } from './fleet.contract.js';
import { provisionWorktree, type ProvisionedWorktree } from './provision-worktree.js';
import { refillSpares } from './spares.js';

const worktree = '/repo.worktrees/issue-42';
const branchRef = 'refs/heads/issue/42-dark-mode';
const spare = '/repo.worktrees/.nx-fleet-spare-1';
const settings: SettingsInput = { worktrees: { setup: ['migrate'], smoke: 'node -e 1' } };

async function provision(fleet: FakeFleet, given: SettingsInput = {}, reference = '42'): Promise<ProvisionedWorktree> {
  return provisionWorktree(provisionRequest(await planInFleet(fleet, anIssue({ reference })), fleet, given), fleet);
}

/** A fleet whose database server is down while `isDown`. */
function withServer(options: FakeHostOptions = {}): { readonly fleet: FakeFleet; isDown: boolean; fault: Error } {
  const base = createFakeFleet(options);
  const server = { isDown: true, fault: new UserError('the server is down') as Error };
  const createBranch = async (request: DatabaseBranchRequest): ReturnType<FakeFleet['database']['createBranch']> => {
    if (server.isDown) throw server.fault;
    return base.database.createBranch(request);
  };
  return Object.assign(server, { fleet: { ...base, database: { ...base.database, createBranch } } });
}

async function withSpare(options: FakeHostOptions & { readonly git?: FakeGitOptions } = {}): Promise<FakeFleet> {
  const fleet = createFakeFleet(options);
  const { location, root: commit } = fleet.git;
  const { settings: parsed } = provisionRequest(await planInFleet(fleet), fleet);
  await fleet.host.state.removeIssue('issue-42');
  await refillSpares({ location, settings: parsed, worktreesDirectory: '/repo.worktrees', commit, onProgress: () => {} }, fleet);
  return fleet;
}

async function environment({ host }: FakeFleet): Promise<Readonly<Record<string, string>>> {
  return host.readEnvironment(`${worktree}/.env.local`);
}

describe('provisionWorktree without its database', () => {
  it('makes the worktree, ready and marked, with the variables of the database empty', async () => {
    const { fleet } = withServer();
    const { local, created } = await provision(fleet);
    expect(created).toBe(true);
    expect(local).toMatchObject({ database: null, databaseFailure: 'the server is down' });
    expect(await fleet.host.state.readLocal('issue-42')).toEqual(local);
    expect(await environment(fleet)).toMatchObject({ DATABASE_URL: '', NX_FLEET_PROJECT: 'issue-42' });
    expect(await fleet.host.registry.read()).toMatchObject([{ state: 'ready' }]);
    expect(fleet.progress).toContain('no database: the server is down');
  });

  it('is repaired by the same command, which then runs the setup that had to wait', async () => {
    const server = withServer();
    const { fleet } = server;
    await provision(fleet, settings);
    expect(fleet.host.commandLog).toEqual([]);
    server.isDown = false;
    fleet.git.filesIn(worktree).set('work.ts', 'mine');
    const { local, created } = await provision(fleet, settings);
    expect(created).toBe(false);
    expect(local).toMatchObject({ database: 'memory issue-42' });
    expect(local.databaseFailure).toBeUndefined();
    expect(await environment(fleet)).toMatchObject({ DATABASE_URL: 'memory:issue-42' });
    expect(fleet.host.commandLog.map(({ file }) => file)).toEqual(['migrate', 'node']);
    expect(fleet.host.commandLog[0]?.env).toMatchObject({ DATABASE_URL: 'memory:issue-42' });
    expect(fleet.git.filesIn(worktree).get('work.ts')).toBe('mine');
    await provision(fleet, settings);
    expect(fleet.host.commandLog).toHaveLength(2);
  });

  it('stays marked until the setup that had to wait succeeds', async () => {
    const switchable = { exitCode: 1 };
    const server = withServer({ commands: () => switchable });
    await provision(server.fleet, settings);
    server.isDown = false;
    await expect(provision(server.fleet, settings)).rejects.toThrow('The setup command "migrate" failed');
    expect(await server.fleet.host.state.readLocal('issue-42')).toMatchObject({ databaseFailure: 'the server is down' });
    expect(server.fleet.database.branches.has('issue-42')).toBe(true);
    switchable.exitCode = 0;
    expect((await provision(server.fleet, settings)).local.databaseFailure).toBeUndefined();
  });

  it('keeps the way to the database of a ready worktree whose server is down for now', async () => {
    const server = withServer();
    server.isDown = false;
    await provision(server.fleet);
    server.isDown = true;
    expect((await provision(server.fleet)).local).toMatchObject({ databaseFailure: 'the server is down' });
    expect(await environment(server.fleet)).toMatchObject({ DATABASE_URL: 'memory:issue-42' });
  });

  it('undoes all when the fault is ours', async () => {
    const server = withServer();
    server.fault = new Error('undefined is not a function');
    await expect(provision(server.fleet)).rejects.toBe(server.fault);
    expect([...server.fleet.host.files.keys(), ...(await server.fleet.host.registry.read())]).toEqual([]);
    expect(server.fleet.git.refs.has(branchRef)).toBe(false);
  });

  it('goes on after an interruption without taking back what somebody has written in the meantime', async () => {
    const { fleet } = withServer();
    const cancelled = { ...provisionRequest(await planInFleet(fleet), fleet), signal: AbortSignal.abort() };
    await expect(provisionWorktree(cancelled, fleet)).rejects.toThrow('the server is down');
    fleet.git.filesIn(worktree).set('README.md', 'mine');
    await provision(fleet);
    expect(fleet.git.filesIn(worktree).get('README.md')).toBe('mine');
  });

  it('keeps under a ref what somebody has written in a worktree that is undone', async () => {
    const fleet: FakeFleet = createFakeFleet({
      commands: () => {
        fleet.git.filesIn(worktree).set('README.md', 'mine');
        return { exitCode: 1 };
      },
    });
    await expect(provision(fleet, settings)).rejects.toThrow('The setup command "migrate" failed');
    expect(fleet.git.filesOf('refs/nx-fleet/backup/issue-42/20260101T000000Z')).toEqual({ 'README.md': 'mine' });
    expect(await fleet.git.listWorktrees()).toHaveLength(1);
  });

  it('takes a cancelled attempt for no answer of the server', async () => {
    const { fleet } = withServer();
    const cancelled = { ...provisionRequest(await planInFleet(fleet), fleet), signal: AbortSignal.abort() };
    await expect(provisionWorktree(cancelled, fleet)).rejects.toThrow('the server is down');
    expect(await fleet.host.registry.read()).toMatchObject([{ state: 'creating' }]);
  });
});

describe('provisionWorktree and what others do', () => {
  it('never undoes a ready worktree whose state was removed by hand', async () => {
    const fleet = createFakeFleet({ dependencies: ({ to }) => (to === worktree ? Promise.reject(new UserError('npm failed')) : never()) });
    const ok = { ...fleet, host: { ...fleet.host, installDependencies: createFakeFleet().host.installDependencies } };
    await provisionWorktree(provisionRequest(await planInFleet(ok), ok), ok);
    fleet.git.filesIn(worktree).set('work.ts', 'mine');
    await fleet.host.state.removeIssue('issue-42');
    await expect(provision(fleet)).rejects.toThrow('npm failed');
    expect(fleet.git.filesIn(worktree).get('work.ts')).toBe('mine');
    expect(await fleet.host.registry.read()).toMatchObject([{ state: 'ready' }]);
    expect(fleet.database.branches.has('issue-42')).toBe(true);
  });

  it('writes the manifest again that a doctor beside it has taken for a forgotten one', async () => {
    const fleet = createFakeFleet();
    const plan = await planInFleet(fleet);
    await fleet.host.state.removeIssue('issue-42');
    await provisionWorktree(provisionRequest(plan, fleet), fleet);
    expect(await fleet.host.state.readManifest('issue-42')).toEqual(plan.manifest);
    expect(await fleet.host.state.readSpec('issue-42')).toBe(plan.spec);
  });

  it('lets one of two make a worktree anew whose folder is gone', async () => {
    const rival = { pid: 99, startedAt: '5' };
    const fleet = createFakeFleet({ running: [rival] });
    await provision(fleet);
    await fleet.git.removeWorktree(worktree);
    fleet.host.becomeAnotherProcess();
    const pathExists: typeof fleet.host.pathExists = async (path) => {
      await fleet.host.registry.update((current) => ({
        allocations: current.map((one) => ({ ...one, state: 'creating', owner: rival })),
        result: null,
      }));
      return fleet.host.pathExists(path);
    };
    await expect(
      provisionWorktree(provisionRequest(await planInFleet(fleet), fleet), { ...fleet, host: { ...fleet.host, pathExists } }),
    ).rejects.toThrow('Another process has just begun to work on "issue-42".');
    expect(await fleet.host.registry.read()).toMatchObject([{ state: 'creating', owner: rival }]);
  });
});

describe('provisionWorktree from a spare', () => {
  it('moves it, puts it on the branch, and says so', async () => {
    const fleet = await withSpare();
    await provision(fleet);
    expect(fleet.progress[0]).toBe('a spare worktree becomes issue/42-dark-mode');
    expect((await fleet.git.listWorktrees()).map(({ path, branch }) => [path, branch])).toEqual([
      ['/repo', 'main'],
      [worktree, 'issue/42-dark-mode'],
    ]);
    expect(await fleet.host.registry.readSpares()).toEqual([]);
    expect(await fleet.host.registry.read()).toMatchObject([{ state: 'ready' }]);
    expect((await fleet.host.registry.read())[0]?.spare).toBeUndefined();
  });

  it('gives it to one of two, and the other checks out for itself', async () => {
    const fleet = await withSpare();
    await Promise.all([provision(fleet), provision(fleet, {}, '43')]);
    expect(fleet.progress.filter((line) => line.startsWith('a spare worktree becomes'))).toHaveLength(1);
    expect(fleet.progress.filter((line) => line.startsWith('checking out'))).toHaveLength(1);
    expect(await fleet.git.listWorktrees()).toHaveLength(3);
  });

  it('does without one that cannot be moved, and takes it away', async () => {
    const fleet = await withSpare();
    fleet.git.setWorktree(spare, { locked: true });
    await provision(fleet);
    expect(fleet.progress.slice(0, 2)).toEqual(['the spare worktree cannot be used', 'checking out issue/42-dark-mode']);
    expect((await fleet.git.listWorktrees()).map(({ path }) => path)).toEqual(['/repo', worktree]);
  });

  it('does without one whose folder is gone', async () => {
    const fleet = await withSpare();
    await fleet.git.removeWorktree(spare);
    await provision(fleet);
    expect(fleet.git.filesIn(worktree).get('README.md')).toBe('hello\n');
  });

  it('takes the spare away with the rest when a step fails, moved or not', async () => {
    const fleet = await withSpare({ commands: () => ({ exitCode: 1 }) });
    await expect(provision(fleet, settings)).rejects.toThrow('The setup command');
    expect(await fleet.git.listWorktrees()).toHaveLength(1);
    expect([...(await fleet.host.registry.readSpares()), ...(await fleet.host.registry.read())]).toEqual([]);
    expect([...fleet.host.files.keys()]).toEqual([]);
  });
});

describe('provisionWorktree of a branch with work on it', () => {
  const files = { 'README.md': 'hello\n', 'a.ts': '1' };

  it('makes it where the work ends, and takes it away again when a step fails', async () => {
    const switchable = { exitCode: 1 };
    const fleet = createFakeFleet({ commands: () => switchable });
    const tip = fleet.git.commit([fleet.git.root], files, 'Theirs');
    const made = await planInFleet(fleet);
    const plan = { ...made, manifest: { ...made.manifest, adopted: true as const }, branchStart: tip };
    await expect(provisionWorktree(provisionRequest(plan, fleet, settings), fleet)).rejects.toThrow('The setup command');
    expect(fleet.git.refs.has(branchRef)).toBe(false);
    switchable.exitCode = 0;
    await provisionWorktree(provisionRequest(plan, fleet, settings), fleet);
    expect(fleet.git.refs.get(branchRef)).toBe(tip);
    expect(fleet.git.filesIn(worktree).get('a.ts')).toBe('1');
  });

  it('leaves it where it was when it was there before', async () => {
    const fleet = createFakeFleet({ commands: () => ({ exitCode: 1 }) });
    const tip = fleet.git.commit([fleet.git.root], files, 'Theirs');
    fleet.git.refs.set(branchRef, tip);
    const made = await planInFleet(fleet);
    const plan = { ...made, manifest: { ...made.manifest, adopted: true as const }, branchStart: tip };
    await expect(provisionWorktree(provisionRequest(plan, fleet, settings), fleet)).rejects.toThrow('The setup command');
    expect(fleet.git.refs.get(branchRef)).toBe(tip);
  });
});

describe('files that come along', () => {
  it('are those that the team names, told by their first three', async () => {
    const fleet = createFakeFleet({ git: { included: ['a', 'b', 'c\u001b[2J', 'd'] }, files: { '/repo/a': 'x' } });
    await provision(fleet);
    expect(fleet.progress).toContain('copied "a", "b", "c" and 1 more');
    expect(fleet.host.includeLog).toMatchObject([{ from: '/repo', to: worktree, paths: ['a', 'b', 'c\u001b[2J', 'd'] }]);
    expect(fleet.host.includeLog[0]?.mayCarry('DATABASE_URL', 'x')).toBe(false);
  });

  it('tells what was not copied and which variables were left out', async () => {
    const fleet = createFakeFleet({ git: { included: ['.env', 'link'] } });
    const includeFiles = async () => ({
      copied: ['.env'],
      skipped: ['link'],
      databases: ['app.db'],
      withheld: ['NEON_API_KEY', 'DB_HOST'],
    });
    await provision({ ...fleet, host: { ...fleet.host, includeFiles } });
    expect(fleet.progress).toEqual(
      expect.arrayContaining([
        'copied ".env"',
        'not copied: "link" (not a regular file, outside the worktree, or for production)',
        'not copied: "app.db" (a database or its URL: worktrees get theirs by "database")',
        'left out of env files: NEON_API_KEY, DB_HOST. The database is configured in parts: set "database", and they get a branch of it',
      ]),
    );
  });

  it('are none where the team names none', async () => {
    const fleet = createFakeFleet();
    await provision(fleet);
    expect(fleet.host.includeLog).toEqual([]);
  });
});

function never(): never {
  throw new Error('nobody asked for this');
}
