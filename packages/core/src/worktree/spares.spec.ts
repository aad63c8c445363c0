import { UserError } from '../errors/user-error.js';
import type { FakeHostOptions } from '../host/fake-host.js';
import type { Spare } from '../host/registry.js';
import { parseSettings } from '../settings/parse-settings.js';
import { createFakeFleet, type FakeFleet } from './fleet.contract.js';
import { findBadSpares, refillSpares, sweepSpare, type SpareRequest } from './spares.js';

const directory = '/repo.worktrees';
const first = `${directory}/.nx-fleet-spare-1`;
const dead = { pid: 99, startedAt: '5' };

function request({ git, progress }: FakeFleet, spares = 1): SpareRequest {
  const settings = parseSettings([{ file: 'nx.json', value: { worktrees: { spares, passEnv: ['EXTRA'] } } }]);
  const onProgress = (line: string): void => void progress.push(line);
  return { location: git.location, settings, worktreesDirectory: directory, commit: git.root, onProgress };
}

function aSpare(change: Partial<Spare> = {}): Spare {
  return { repository: '/repo/.git', worktree: first, state: 'ready', owner: dead, ...change };
}

async function paths({ git }: FakeFleet): Promise<readonly string[]> {
  return (await git.listWorktrees()).map(({ path }) => path).slice(1);
}

async function filled(spares: number, options: FakeHostOptions = {}): Promise<FakeFleet> {
  const fleet = createFakeFleet(options);
  await refillSpares(request(fleet, spares), fleet);
  return fleet;
}

describe('refillSpares', () => {
  it('prepares as many as are asked for, checked out with dependencies, and then no more', async () => {
    const fleet = await filled(2, { env: { PATH: '/usr/bin', SECRET: 'x', EXTRA: 'y' } });
    await refillSpares(request(fleet, 2), fleet);
    expect(await paths(fleet)).toEqual([first, `${directory}/.nx-fleet-spare-2`]);
    expect(await fleet.host.registry.readSpares()).toMatchObject([{ state: 'ready' }, { state: 'ready' }]);
    expect(fleet.git.filesIn(first).get('README.md')).toBe('hello\n');
    expect(fleet.host.dependencyLog).toMatchObject([{ from: '/repo', to: first }, { from: '/repo' }]);
    expect(fleet.host.dependencyLog[0]?.env).toMatchObject({ EXTRA: 'y', NX_SOCKET_DIR: expect.stringMatching(/^.{1,40}$/) as unknown });
    expect(fleet.host.dependencyLog[0]?.env).not.toHaveProperty('SECRET');
  });

  it('prepares none where none is wanted, and none where submodules keep git from moving it', async () => {
    expect(await paths(await filled(0))).toEqual([]);
    expect(await paths(await filled(1, { files: { '/repo/.gitmodules': '' } }))).toEqual([]);
  });

  it('makes no more of them when two refill at once', async () => {
    const fleet = createFakeFleet();
    await Promise.all([refillSpares(request(fleet, 3), fleet), refillSpares(request(fleet, 3), fleet)]);
    expect(await paths(fleet)).toHaveLength(3);
    expect(await fleet.host.registry.readSpares()).toHaveLength(3);
  });

  it('takes those away that are too many, with their sockets', async () => {
    const fleet = await filled(3);
    const sockets = fleet.host.dependencyLog.map(({ env }) => env['NX_SOCKET_DIR'] ?? '');
    for (const folder of sockets) fleet.host.files.set(`${folder}/worker.sock`, '');
    await refillSpares(request(fleet, 1), fleet);
    expect(await paths(fleet)).toEqual([first]);
    expect(await fleet.host.registry.readSpares()).toMatchObject([{ worktree: first }]);
    expect(sockets.filter((folder) => fleet.host.files.has(`${folder}/worker.sock`))).toEqual([sockets[0]]);
    await refillSpares(request(fleet, 0), fleet);
    expect([...(await paths(fleet)), ...fleet.host.files.keys()]).toEqual([]);
  });

  it('clears away what a killed process left half-made, with what it left at work, and makes it anew', async () => {
    const fleet = createFakeFleet({ spares: [aSpare({ state: 'filling' })] });
    await fleet.git.addDetachedWorktree(first, fleet.git.root);
    await refillSpares(request(fleet), fleet);
    expect(fleet.host.strayLog).toEqual([first]);
    expect(fleet.git.filesIn(first).get('README.md')).toBe('hello\n');
    expect(await fleet.host.registry.readSpares()).toMatchObject([{ state: 'ready', owner: fleet.host.registry.self }]);
  });

  it('waits for nobody: one that a living process fills counts', async () => {
    const fleet = createFakeFleet({ spares: [aSpare({ state: 'filling' })], running: [dead] });
    await refillSpares(request(fleet), fleet);
    expect(await fleet.host.registry.readSpares()).toEqual([aSpare({ state: 'filling' })]);
    expect(await paths(fleet)).toEqual([]);
  });

  it('forgets one whose folder is gone', async () => {
    const fleet = createFakeFleet({ spares: [aSpare()] });
    await refillSpares(request(fleet, 0), fleet);
    expect(await fleet.host.registry.readSpares()).toEqual([]);
  });

  it('neither counts nor touches those of another repository', async () => {
    const foreign = aSpare({ repository: '/other/.git', worktree: '/other.worktrees/.nx-fleet-spare-1' });
    const fleet = createFakeFleet({ spares: [foreign] });
    await refillSpares(request(fleet), fleet);
    expect(await fleet.host.registry.readSpares()).toMatchObject([foreign, { worktree: first }]);
  });

  it('takes no name that a folder, a spare or a claim has', async () => {
    const fleet = createFakeFleet({ files: { [`${first}/x`]: '' } });
    await refillSpares(request(fleet), fleet);
    expect(await paths(fleet)).toEqual([`${directory}/.nx-fleet-spare-2`]);
    expect(fleet.host.files.has(`${first}/x`)).toBe(true);
  });

  it('keeps nothing of one that could not be filled', async () => {
    const fleet = createFakeFleet({ dependencies: () => Promise.reject(new UserError('npm failed')) });
    await expect(refillSpares(request(fleet), fleet)).rejects.toThrow('npm failed');
    expect([...(await paths(fleet)), ...(await fleet.host.registry.readSpares()), ...fleet.host.files.keys()]).toEqual([]);
  });

  it('keeps none whose files the package manager has changed', async () => {
    const fleet: FakeFleet = createFakeFleet({
      dependencies: ({ to }) => {
        fleet.git.filesIn(to).set('lock\u001b[2J.json', 'changed');
        return { method: 'installed', packageManager: 'npm' };
      },
    });
    await expect(refillSpares(request(fleet), fleet)).rejects.toThrow(
      '"lock.json" is neither committed nor ignored once dependencies are installed',
    );
    expect(await paths(fleet)).toEqual([]);
  });
});

describe('sweepSpare', () => {
  it('leaves one alone that was claimed since it was looked at', async () => {
    const fleet = await filled(1);
    const [bad] = await findBadSpares(request(fleet, 0), fleet);
    expect(bad).toMatchObject({ spare: { worktree: first }, reason: 'there are more spares than "worktrees.spares" asks for' });
    await fleet.host.registry.update((allocations) => ({ allocations, spares: [], result: null }));
    if (bad !== undefined) await sweepSpare(bad, fleet);
    expect(await paths(fleet)).toEqual([first]);
  });

  it('leaves one alone that another sweep has made anew under its name', async () => {
    const fleet = createFakeFleet({ spares: [aSpare({ state: 'filling' })] });
    const [bad] = await findBadSpares(request(fleet), fleet);
    expect(bad?.reason).toBe('its preparation was interrupted');
    await refillSpares(request(fleet), fleet);
    if (bad !== undefined) await sweepSpare(bad, fleet);
    expect(await paths(fleet)).toEqual([first]);
    expect(await fleet.host.registry.readSpares()).toMatchObject([{ state: 'ready' }]);
  });
});
