import { UserError } from '../errors/user-error.js';
import type { FakeHostOptions } from '../host/fake-host.js';
import { parseSettings } from '../settings/parse-settings.js';
import { createFakeFleet, planInFleet, provisionRequest, type FakeFleet } from './fleet.contract.js';
import { planRemoval } from './plan-removal.js';
import { provisionWorktree } from './provision-worktree.js';
import { removeWorktree } from './remove-worktree.js';
import { resetDatabase, type ResetRequest } from './reset-database.js';

const worktree = '/repo.worktrees/issue-42';
const builder = { pid: 99, startedAt: '5' };
const setup = { worktrees: { setup: ['migrate'] } };

function request({ git, progress }: FakeFleet): ResetRequest {
  const settings = parseSettings([{ file: 'nx.json', value: setup }]);
  return { project: 'issue-42', location: git.location, settings, onProgress: (line) => progress.push(line) };
}

async function createReadyFleet(options: FakeHostOptions = {}, database: Partial<FakeFleet['database']> = {}): Promise<FakeFleet> {
  const fleet = createFakeFleet(options);
  await provisionWorktree(provisionRequest(await planInFleet(fleet), fleet, setup), {
    ...fleet,
    database: { ...fleet.database, ...database },
  });
  return fleet;
}

describe('resetDatabase', () => {
  it('gives a fresh copy under the same generation, writes the way to it, and runs the setup commands on it', async () => {
    const fleet = await createReadyFleet();
    const [claim] = await fleet.host.registry.read();
    const asked: string[] = [];
    const resetBranch: FakeFleet['database']['resetBranch'] = async ({ generation }) => {
      asked.push(generation);
      return { description: 'fresh', variables: { DATABASE_URL: 'memory:fresh' } };
    };
    expect(await resetDatabase(request(fleet), { ...fleet, database: { ...fleet.database, resetBranch } })).toBe('fresh');
    expect(asked).toEqual([claim?.generation]);
    expect(await fleet.host.readEnvironment(`${worktree}/.env.local`)).toMatchObject({
      DATABASE_URL: 'memory:fresh',
      PORT: String(claim?.firstPort),
    });
    expect(await fleet.host.state.readLocal('issue-42')).toMatchObject({ database: 'fresh' });
    expect(fleet.host.commandLog.map(({ env }) => env['DATABASE_URL'])).toEqual(['memory:issue-42', 'memory:fresh']);
  });

  it('gives the one that could not be had before, runs the setup that waited for it, and takes the mark away', async () => {
    const fleet = await createReadyFleet({}, { createBranch: () => Promise.reject(new UserError('down')) });
    expect(fleet.host.commandLog).toHaveLength(0);
    expect(await resetDatabase(request(fleet), fleet)).toBe('memory issue-42');
    expect(fleet.host.commandLog).toMatchObject([{ file: 'migrate', env: { DATABASE_URL: 'memory:issue-42' } }]);
    expect(await fleet.host.state.readLocal('issue-42')).not.toHaveProperty('databaseFailure');
  });

  it('says that there is none where none is configured', async () => {
    const none = { createBranch: async () => null, resetBranch: async () => null, variables: [] };
    const fleet = await createReadyFleet({}, none);
    expect(await resetDatabase(request(fleet), { ...fleet, database: { ...fleet.database, ...none } })).toBeNull();
    expect(await fleet.host.state.readLocal('issue-42')).toMatchObject({ database: null });
  });

  it('leaves env file and database as they are when the server does not answer, and does not trust the copy any more', async () => {
    const fleet = await createReadyFleet();
    const { setUp: _, ...local } = (await fleet.host.state.readLocal('issue-42')) ?? {};
    const environment = fleet.host.files.get(`${worktree}/.env.local`);
    const database = { ...fleet.database, resetBranch: () => Promise.reject(new UserError('down')) };
    await expect(resetDatabase(request(fleet), { ...fleet, database })).rejects.toThrow('down');
    expect(fleet.host.files.get(`${worktree}/.env.local`)).toBe(environment);
    expect(await fleet.host.state.readLocal('issue-42')).toEqual(local);
  });

  it('refuses while a living process is at work on it, and not when that has ended', async () => {
    const fleet = await createReadyFleet({ running: [builder] });
    await fleet.host.registry.update((current) => ({ allocations: current.map((one) => ({ ...one, owner: builder })), result: null }));
    await expect(resetDatabase(request(fleet), fleet)).rejects.toThrow('"issue-42" is being worked on by process 99.');
    const owner = { ...builder, startedAt: '4' };
    await fleet.host.registry.update((current) => ({ allocations: current.map((one) => ({ ...one, owner })), result: null }));
    expect(await resetDatabase(request(fleet), fleet)).toBe('memory issue-42');
  });

  it('holds the claim meanwhile: no removal comes between, after which the database and its record would stay for ever', async () => {
    const fleet = await createReadyFleet();
    fleet.host.becomeAnotherProcess();
    const self = { pid: 77, startedAt: '7' };
    const remover = { ...fleet, host: { ...fleet.host, registry: { ...fleet.host.registry, self } } };
    const removal = { ...request(fleet), force: true };
    let refusal: unknown = null;
    const resetBranch: FakeFleet['database']['resetBranch'] = async (given) => {
      refusal = await planRemoval(removal, remover)
        .then((plan) => removeWorktree(plan, removal, remover))
        .catch((error: unknown) => error);
      return fleet.database.resetBranch(given);
    };
    await resetDatabase(request(fleet), { ...fleet, database: { ...fleet.database, resetBranch } });
    expect(String(refusal)).toContain('"issue-42" is being worked on by process');
    expect(await fleet.host.registry.read()).toMatchObject([{ project: 'issue-42', state: 'ready' }]);
    expect(await fleet.host.state.readManifest('issue-42')).not.toBeNull();
  });

  it.each<readonly [string, (fleet: FakeFleet) => unknown]>([
    ['no claim', ({ host }) => host.registry.update(() => ({ allocations: [], result: null }))],
    [
      'a claim that is not settled',
      ({ host }) =>
        host.registry.update((current) => ({ allocations: current.map((one) => ({ ...one, state: 'creating' as const })), result: null })),
    ],
    ['no state', ({ host }) => host.state.removeIssue('issue-42')],
    ['no folder', ({ git }) => git.removeWorktree(worktree)],
  ])('refuses with %s, and makes no file and no database for it', async (_, arrange) => {
    const fleet = await createReadyFleet();
    await arrange(fleet);
    fleet.database.branches.clear();
    const before = [...fleet.host.files];
    await expect(resetDatabase(request(fleet), fleet)).rejects.toThrow(
      '"issue-42" has no worktree that is ready. Make it: nx g worktree --issue=42',
    );
    expect([...fleet.host.files, ...fleet.database.branches]).toEqual(before);
  });
});
