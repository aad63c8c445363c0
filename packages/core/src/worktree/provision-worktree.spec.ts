import { UserError } from '../errors/user-error.js';
import type { SettingsInput } from '../settings/settings.js';
import { createFakeFleet, planInFleet, provisionRequest, type FakeFleet } from './fleet.contract.js';
import { refillSpares } from './spares.js';
import { provisionWorktree, type ProvisionedWorktree } from './provision-worktree.js';

const worktree = '/repo.worktrees/issue-42';
const branchRef = 'refs/heads/issue/42-dark-mode';

async function provision(fleet: FakeFleet, settings: SettingsInput = {}): Promise<ProvisionedWorktree> {
  return provisionWorktree(provisionRequest(await planInFleet(fleet), fleet, settings), fleet);
}

async function stateOf({ host }: FakeFleet): Promise<string | undefined> {
  return (await host.registry.read())[0]?.state;
}

/** A fleet whose commands fail while `failing` is set. */
function createFailingFleet(): { readonly fleet: FakeFleet; failing: boolean } {
  const switchable = { failing: true };
  const fleet = createFakeFleet({
    env: { PATH: '/usr/bin', GITHUB_TOKEN: 'secret', EXTRA: 'x' },
    commands: () => (switchable.failing ? { exitCode: 3, stderr: 'no\u001b[31m generator' } : {}),
  });
  return Object.assign(switchable, { fleet });
}

const settings: SettingsInput = {
  worktrees: { setup: ['nx run-many -t codegen', ['echo', 'a b']], smoke: 'node -e 1', passEnv: ['EXTRA'] },
};

describe('provisionWorktree', () => {
  it('makes branch, checkout, dependencies, database, env file, and calls it ready', async () => {
    const fleet = createFakeFleet();
    const { local, created } = await provision(fleet);
    const first = local.ports['PORT'] ?? 0;
    expect(created).toBe(true);
    expect(local).toEqual({
      worktree,
      ports: { PORT: first, API_PORT: first + 1, DEBUG_PORT: first + 2 },
      database: 'memory issue-42',
      setUp: { of: expect.any(String), isUnused: true },
      ownsBranch: true,
    });
    expect(await fleet.host.state.readLocal('issue-42')).toEqual(local);
    expect(fleet.git.refs.get(branchRef)).toBe(fleet.git.root);
    expect(fleet.git.filesIn(worktree)).toEqual(new Map([['README.md', 'hello\n']]));
    expect(fleet.host.dependencyLog).toMatchObject([{ from: '/repo', to: worktree }]);
    expect(fleet.host.files.get(`${worktree}/.env.local`)).toContain('NX_SOCKET_DIR=');
    expect(fleet.host.files.get(`${worktree}/.env.local`)).toContain(`PORT=${first}\n`);
    expect(fleet.host.files.get(`${worktree}/.env.local`)).toContain('DATABASE_URL=memory:issue-42\n');
    expect(await stateOf(fleet)).toBe('ready');
  });

  it('is free for its stages once it is ready, though the process that made it goes on with other issues', async () => {
    const fleet = createFakeFleet();
    await provision(fleet);
    expect(await fleet.host.registry.read()).toMatchObject([{ state: 'ready', owner: null }]);
  });

  it('says each step as it goes', async () => {
    const fleet = createFakeFleet();
    await provision(fleet, settings);
    expect(fleet.progress).toEqual([
      'checking out issue/42-dark-mode',
      'dependencies cloned (npm)',
      'database memory issue-42',
      'setup: nx run-many -t codegen',
      'setup: echo a b',
      'smoke check: node -e 1',
    ]);
  });

  it('keeps ports, paths and the database out of the manifest', async () => {
    const fleet = createFakeFleet();
    await provision(fleet);
    expect(fleet.host.files.get('/repo/.nx-fleet/issues/issue-42/issue.json')).not.toMatch(/worktrees|PORT|memory:|2026/);
  });

  it('runs setup and smoke commands in the worktree, with its variables and without our secrets', async () => {
    const fleet = createFakeFleet({ env: { PATH: '/usr/bin', GITHUB_TOKEN: 'secret', EXTRA: 'x' } });
    const { local } = await provision(fleet, settings);
    expect(fleet.host.commandLog.map(({ file, args }) => [file, ...args])).toEqual([
      ['nx', 'run-many', '-t', 'codegen'],
      ['echo', 'a b'],
      ['node', '-e', '1'],
    ]);
    expect(fleet.host.commandLog[0]).toMatchObject({ cwd: worktree });
    expect(fleet.host.commandLog[0]?.env).toEqual({
      PATH: `${worktree}/node_modules/.bin:/usr/bin`,
      EXTRA: 'x',
      NX_DAEMON: 'false',
      NX_SOCKET_DIR: expect.any(String),
      NX_TUI: 'false',
      NX_FLEET_PROJECT: 'issue-42',
      NX_FLEET_NUMBER: '1',
      DATABASE_URL: 'memory:issue-42',
      ...Object.fromEntries(Object.entries(local.ports).map(([name, port]) => [name, String(port)])),
    });
  });

  it('does it again for a ready one without touching its files or running setup twice', async () => {
    const fleet = createFakeFleet();
    const first = await provision(fleet, settings);
    fleet.git.filesIn(worktree).set('work.ts', 'mine');
    const again = await provision(fleet, settings);
    expect(again).toMatchObject({ created: false, local: first.local });
    expect(fleet.git.filesIn(worktree).get('work.ts')).toBe('mine');
    expect(fleet.host.commandLog).toHaveLength(3);
  });

  it('tells this clone to ignore the env file when the base does not, once', async () => {
    const fleet = createFakeFleet({ git: { ignored: [] }, files: { '/repo/.git/info/exclude': '*.swp' } });
    await provision(fleet);
    await provision(fleet);
    expect(fleet.host.files.get('/repo/.git/info/exclude')).toBe('*.swp\n/.env.local\n');
  });

  it('warns of a file that setup left and git does not ignore', async () => {
    const fleet: FakeFleet = createFakeFleet({
      commands: () => {
        fleet.git.filesIn(worktree).set('cache\u001b[31m.db', '');
        return {};
      },
    });
    await provision(fleet, settings);
    expect(fleet.progress.at(-1)).toBe('warning: "cache.db" is neither committed nor ignored, and no stage will run until it is');
  });

  it('runs what tools need before dependencies are installed, again for a spare that becomes the worktree, and never in a ready one', async () => {
    const events: string[] = [];
    const fleet = createFakeFleet({
      commands: ({ file, args, cwd, env }) => {
        events.push(`${[file, ...args].join(' ')} in ${cwd}, NPM_TOKEN=${env['NPM_TOKEN'] ?? ''}`);
        return {};
      },
      dependencies: ({ to }) => {
        events.push(`install in ${to}`);
        return { method: 'installed', packageManager: 'npm' };
      },
      env: { PATH: '/bin', NPM_TOKEN: 't', OTHER: 'o' },
    });
    const given = { worktrees: { prepare: ['corepack enable'], passEnv: ['NPM_TOKEN'] } };
    const request = provisionRequest(await planInFleet(fleet), fleet, given);
    const { location, settings, onProgress } = request;
    await refillSpares({ location, settings, worktreesDirectory: '/repo.worktrees', commit: fleet.git.root, onProgress }, fleet);
    const spare = '/repo.worktrees/.nx-fleet-spare-1';
    expect(events.splice(0)).toEqual([`corepack enable in ${spare}, NPM_TOKEN=t`, `install in ${spare}`]);
    await provisionWorktree(request, fleet);
    expect(events.splice(0)).toEqual([`corepack enable in ${worktree}, NPM_TOKEN=t`, `install in ${worktree}`]);
    await provisionWorktree(request, fleet);
    expect(events).toEqual([`install in ${worktree}`]);
  });

  it('undoes everything when a command before the install fails, and keeps no spare that it failed in', async () => {
    const fleet = createFakeFleet({ commands: () => ({ ended: 'not-found', exitCode: null }) });
    const request = provisionRequest(await planInFleet(fleet), fleet, { worktrees: { prepare: ['mise trust'] } });
    await expect(provisionWorktree(request, fleet)).rejects.toThrow('The prepare command "mise trust" failed');
    expect(await fleet.host.registry.read()).toEqual([]);
    const { location, settings, onProgress } = request;
    await expect(
      refillSpares({ location, settings, worktreesDirectory: '/repo.worktrees', commit: fleet.git.root, onProgress }, fleet),
    ).rejects.toThrow('The prepare command "mise trust" failed');
    expect(await fleet.host.registry.readSpares()).toEqual([]);
  });

  it('undoes everything when a setup command fails, and says which and how', async () => {
    const { fleet } = createFailingFleet();
    const error = await provision(fleet, settings).catch((caught: unknown) => caught);
    expect(error).toEqual(
      new UserError(
        'The setup command "nx run-many -t codegen" failed in "/repo.worktrees/issue-42" (exit code 3). Fix it or remove it from "worktrees", then run this again.\nno generator',
      ),
    );
    expect(await fleet.host.registry.read()).toEqual([]);
    expect(await fleet.host.state.listProjects()).toEqual([]);
    expect([...fleet.host.files.keys()]).toEqual([]);
    expect([...fleet.git.refs.keys()]).toEqual(['refs/heads/main', 'refs/remotes/origin/main']);
    expect(await fleet.git.listWorktrees()).toHaveLength(1);
    expect([...fleet.database.branches]).toEqual([]);
  });

  it('tells what a setup command said without the secrets of its environment', async () => {
    const fleet = createFakeFleet({ commands: ({ env }) => ({ exitCode: 1, stderr: `cannot reach ${env['DATABASE_URL'] ?? ''}` }) });
    await expect(provision(fleet, settings)).rejects.toThrow(/\ncannot reach \*\*\*$/);
  });

  it('tells what a setup command said without the secrets of the env files that it made', async () => {
    const fleet: FakeFleet = createFakeFleet({
      commands: ({ cwd }) => {
        fleet.host.files.set(`${cwd}/.env`, 'MAIL_TOKEN=read-from-a-file\n');
        return { exitCode: 1, stderr: 'sent read-from-a-file' };
      },
    });
    await expect(provision(fleet, settings)).rejects.toThrow(/\nsent \*\*\*$/);
  });

  it('runs the setup again after a failure', async () => {
    const switchable = createFailingFleet();
    const { fleet } = switchable;
    await expect(provision(fleet, settings)).rejects.toThrow(UserError);
    switchable.failing = false;
    expect(await provision(fleet, settings)).toMatchObject({ created: true });
    expect(await stateOf(fleet)).toBe('ready');
  });

  it('waits for the database before it undoes failed dependencies', async () => {
    const fleet = createFakeFleet({ dependencies: () => Promise.reject(new UserError('npm failed')) });
    const slow = {
      ...fleet.database,
      createBranch: async () => new Promise<never>((_, reject) => setImmediate(() => reject(new Error('late')))),
    };
    const removed: string[] = [];
    const database = { ...slow, removeBranch: async () => void removed.push('database') };
    const request = provisionRequest(await planInFleet(fleet), fleet);
    await expect(provisionWorktree(request, { ...fleet, database })).rejects.toThrow('npm failed');
    expect(removed).toEqual(['database']);
  });

  it('tells both faults when the undoing fails too, and keeps the claim for the next run', async () => {
    const { fleet } = createFailingFleet();
    const database = { ...fleet.database, removeBranch: () => Promise.reject(new Error('disk')) };
    const request = provisionRequest(await planInFleet(fleet), fleet, settings);
    const error = await provisionWorktree(request, { ...fleet, database }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toMatch(/exit code 3[^]*Undoing it failed too; run the same command again to continue from there\.$/);
    expect(await stateOf(fleet)).toBe('creating');
  });

  it('leaves what is there when it was cancelled, and goes on from there', async () => {
    const fleet = createFakeFleet();
    const cancelled = { ...provisionRequest(await planInFleet(fleet), fleet, settings), signal: AbortSignal.abort() };
    await expect(provisionWorktree(cancelled, fleet)).rejects.toThrow('(cancelled)');
    expect(await stateOf(fleet)).toBe('creating');
    expect(await provision(fleet, settings)).toMatchObject({ created: true });
    expect(fleet.host.commandLog).toHaveLength(3);
  });

  it('ends what a killed call left in the worktree, and nothing in one that is ready', async () => {
    const fleet = createFakeFleet();
    await provision(fleet, settings);
    const ended = ['/repo', (await fleet.host.registry.read())[0]?.worktree];
    expect(fleet.host.strayLog).toEqual(ended);
    await provision(fleet, settings);
    expect(fleet.host.strayLog).toEqual(ended);
  });

  it('deletes the branch that an interrupted call made when the next call fails', async () => {
    const fleet = createFakeFleet({ commands: () => ({ exitCode: 1 }) });
    const cancelled = { ...provisionRequest(await planInFleet(fleet), fleet, settings), signal: AbortSignal.abort() };
    await expect(provisionWorktree(cancelled, fleet)).rejects.toThrow(UserError);
    await expect(provision(fleet, settings)).rejects.toThrow('exit code 1');
    expect(fleet.git.refs.has(branchRef)).toBe(false);
  });

  it('never deletes a branch that was there before', async () => {
    const { fleet } = createFailingFleet();
    fleet.git.refs.set(branchRef, fleet.git.root);
    await expect(provision(fleet, settings)).rejects.toThrow(UserError);
    expect(fleet.git.refs.get(branchRef)).toBe(fleet.git.root);
  });

  it('refuses a folder that is there already and is not ours, and leaves it alone', async () => {
    const fleet = createFakeFleet({ files: { [`${worktree}/thesis.txt`]: 'years of work' } });
    await expect(provision(fleet)).rejects.toThrow(
      `"${worktree}" exists already, and nothing here says that it is the worktree of "issue-42".`,
    );
    expect(fleet.host.files.get(`${worktree}/thesis.txt`)).toBe('years of work');
    expect(await fleet.host.registry.read()).toEqual([]);
  });

  describe('of a ready worktree whose folder is gone', () => {
    async function vanish(fleet: FakeFleet): Promise<void> {
      await provision(fleet, settings);
      await fleet.git.removeWorktree(worktree);
      fleet.git.refs.set(branchRef, fleet.git.commit([fleet.git.root], { a: '1' }, 'Work'));
    }

    it('makes it anew from its branch, setup commands too', async () => {
      const fleet = createFakeFleet();
      await vanish(fleet);
      expect(await provision(fleet, settings)).toMatchObject({ created: true });
      expect(fleet.git.filesIn(worktree)).toEqual(new Map([['a', '1']]));
      expect(fleet.host.commandLog).toHaveLength(6);
    });

    it('does not call it ready when that fails, and takes nothing of the issue away', async () => {
      const switchable = createFailingFleet();
      const { fleet } = switchable;
      switchable.failing = false;
      await vanish(fleet);
      switchable.failing = true;
      for (let run = 0; run < 2; run++) {
        await expect(provision(fleet, settings)).rejects.toThrow('exit code 3');
        expect(await stateOf(fleet)).toBe('creating');
        expect(fleet.git.refs.has(branchRef)).toBe(true);
        expect(fleet.database.branches.has('issue-42')).toBe(true);
        expect(await fleet.host.state.readManifest('issue-42')).not.toBeNull();
      }
    });
  });
});
