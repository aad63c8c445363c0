import { examineFleet, repairFleet } from '../doctor/examine-fleet.js';
import { parseSettings } from '../settings/parse-settings.js';
import { anIssue, createFakeFleet, planInFleet, provisionRequest, type FakeFleet } from './fleet.contract.js';
import { Killed, mortalAdapters } from './killed-process.contract.js';
import { planRemoval } from './plan-removal.js';
import { provisionWorktree } from './provision-worktree.js';
import { removeWorktree } from './remove-worktree.js';
import { resetDatabase } from './reset-database.js';
import { refillSpares } from './spares.js';

const worktree = '/repo.worktrees/issue-42';
const branchRef = 'refs/heads/issue/42-dark-mode';
const settings = parseSettings([{ file: 'nx.json', value: { worktrees: { spares: 1, setup: ['codegen'] } } }]);
type Adapters = Pick<FakeFleet, 'git' | 'host' | 'database'>;

async function create(fleet: FakeFleet, adapters: Adapters = fleet): Promise<void> {
  await provisionWorktree({ ...provisionRequest(await planInFleet(fleet), fleet), settings }, adapters);
}

async function remove(fleet: FakeFleet, adapters: Adapters = fleet): Promise<void> {
  const request = { project: 'issue-42', location: fleet.git.location, settings, force: true, onProgress: () => {} };
  await removeWorktree(await planRemoval(request, adapters), request, adapters);
}

async function doctor(fleet: FakeFleet, adapters: Adapters = fleet): Promise<readonly string[]> {
  const context = { location: fleet.git.location, settings, worktreesDirectory: '/repo.worktrees', adapters, onProgress: () => {} };
  const reports = await repairFleet(await examineFleet(context), { dryRun: false });
  // A death shows itself as a failure of what it was at.
  if (reports.some(({ reason, error }) => `${reason} ${error}`.includes(new Killed().message))) throw new Killed();
  return reports.map(({ subject, outcome }) => `${subject}: ${outcome}`);
}

async function reset(fleet: FakeFleet, adapters: Adapters = fleet): Promise<void> {
  await resetDatabase({ project: 'issue-42', location: fleet.git.location, settings, onProgress: () => {} }, adapters);
}

async function refill(fleet: FakeFleet, adapters: Adapters = fleet): Promise<void> {
  const { location, root: commit } = fleet.git;
  await refillSpares({ location, settings, worktreesDirectory: '/repo.worktrees', commit, onProgress: () => {} }, adapters);
}

/** Runs `work` in a process that is killed at every place where one can be, and looks at what is left through the eyes of the next process. */
async function atEveryDeath(
  prepare: () => Promise<FakeFleet>,
  work: (fleet: FakeFleet, adapters: Adapters) => Promise<void>,
  inspect: (fleet: FakeFleet) => Promise<void>,
): Promise<number> {
  for (let at = 1; ; at += 1) {
    for (const after of [false, true]) {
      const fleet = await prepare();
      const mortal = mortalAdapters(fleet, { at, after });
      const outcome = await work(fleet, mortal).then(
        () => 'survived',
        (error: unknown) => {
          if (!isKill(error)) throw error;
          return 'killed';
        },
      );
      if (outcome === 'survived' && mortal.calls() < at) return at - 1;
      fleet.host.becomeAnotherProcess();
      await inspect(fleet);
    }
  }
}

function isKill(error: unknown): boolean {
  return error instanceof Killed || (error instanceof AggregateError && error.errors.every(isKill));
}

async function expectReady(fleet: FakeFleet): Promise<void> {
  const [allocation, ...others] = await fleet.host.registry.read();
  expect(others).toEqual([]);
  expect(allocation).toMatchObject({ project: 'issue-42', state: 'ready' });
  expect(allocation?.spare).toBeUndefined();
  expect(fleet.git.refs.get(branchRef)).toBe(fleet.git.root);
  expect(await fleet.git.dirtyPaths(worktree)).toEqual([]);
  expect(fleet.git.filesIn(worktree).size).toBeGreaterThan(0);
  expect(await fleet.git.currentBranch(worktree)).toBe('issue/42-dark-mode');
  expect([...fleet.database.branches]).toEqual(['issue-42']);
  expect(await fleet.host.readEnvironment(`${worktree}/.env.local`)).toMatchObject({ PORT: String(allocation?.firstPort) });
  expect((await fleet.host.state.readLocal('issue-42'))?.worktree).toBe(worktree);
}

async function expectAbsent(fleet: FakeFleet): Promise<void> {
  expect(await fleet.host.registry.read()).toEqual([]);
  expect(fleet.git.refs.has(branchRef)).toBe(false);
  expect((await fleet.git.listWorktrees()).map(({ path }) => path).filter((path) => path.includes('issue-42'))).toEqual([]);
  expect([...fleet.database.branches]).toEqual([]);
  expect([...fleet.host.files.keys()].filter((path) => path.includes('issue-42'))).toEqual([]);
}

async function expectReadyOrAbsent(fleet: FakeFleet): Promise<void> {
  if ((await fleet.host.registry.read()).length === 0) await expectAbsent(fleet);
  else await expectReady(fleet);
}

async function empty(): Promise<FakeFleet> {
  return createFakeFleet();
}

async function withSpare(): Promise<FakeFleet> {
  const fleet = createFakeFleet();
  await refill(fleet);
  return fleet;
}

async function ready(): Promise<FakeFleet> {
  const fleet = createFakeFleet();
  await create(fleet);
  return fleet;
}

async function readyWithWork(): Promise<FakeFleet> {
  const fleet = await ready();
  fleet.git.filesIn(worktree).set('work.ts', '1');
  await fleet.git.commitAll(worktree, 'Work');
  fleet.git.filesIn(worktree).set('more.ts', '1');
  return fleet;
}

/** Ready once, with work on its branch, and its folder deleted by hand. */
async function vanished(): Promise<FakeFleet> {
  const fleet = await readyWithWork();
  await fleet.git.removeWorktree(worktree);
  return fleet;
}

/** Everything at once that a doctor can fix: a making, a spare, and a database that nobody stands for. */
async function broken(): Promise<FakeFleet> {
  const fleet = await ready();
  await fleet.host.registry.update((current) => ({ allocations: current.map((one) => ({ ...one, state: 'creating' })), result: null }));
  fleet.host.files.delete('/repo/.nx-fleet/local/issue-42.json');
  const spare = { repository: '/repo/.git', worktree: '/repo.worktrees/.nx-fleet-spare-1', state: 'filling' } as const;
  await fleet.git.addDetachedWorktree(spare.worktree, fleet.git.root);
  await fleet.host.registry.update((allocations) => ({
    allocations,
    spares: [{ ...spare, owner: fleet.host.registry.self }],
    result: null,
  }));
  fleet.database.branches.add('issue-7');
  await planInFleet(fleet, anIssue({ reference: '9', title: 'Nine' }));
  fleet.host.becomeAnotherProcess();
  return fleet;
}

async function halfRemoved(): Promise<FakeFleet> {
  const fleet = await readyWithWork();
  await fleet.host.registry.update((current) => ({ allocations: current.map((one) => ({ ...one, state: 'removing' })), result: null }));
  fleet.host.becomeAnotherProcess();
  return fleet;
}

/** On a branch that was there before us, with a commit on it. */
async function adopted(): Promise<FakeFleet> {
  const fleet = createFakeFleet();
  fleet.git.refs.set(branchRef, fleet.git.root);
  await create(fleet);
  fleet.git.filesIn(worktree).set('work.ts', '1');
  await fleet.git.commitAll(worktree, 'Work');
  return fleet;
}

function keptCommits({ git }: FakeFleet): readonly string[] {
  return [...git.refs].filter(([ref]) => ref.startsWith('refs/nx-fleet/backup/')).map(([, commit]) => commit);
}

describe('a process that is killed', () => {
  it.each([
    ['from nothing', empty],
    ['from a spare', withSpare],
  ])('while it makes a worktree %s leaves what the same command finishes', async (_, prepare) => {
    const deaths = await atEveryDeath(prepare, create, async (fleet) => {
      await create(fleet);
      await expectReady(fleet);
    });
    expect(deaths).toBeGreaterThan(8);
  });

  it.each([
    ['from nothing', empty],
    ['from a spare', withSpare],
  ])('while it makes a worktree %s leaves what the doctor undoes', async (_, prepare) => {
    await atEveryDeath(prepare, create, async (fleet) => {
      await doctor(fleet);
      await expectReadyOrAbsent(fleet);
      expect(await doctor(fleet)).toEqual([]);
    });
  });

  it.each([
    ['without work', ready],
    ['with work', readyWithWork],
  ])('while it removes a worktree %s leaves what the same command finishes', async (_, prepare) => {
    const deaths = await atEveryDeath(prepare, remove, async (fleet) => {
      if ((await fleet.host.state.listProjects()).length > 0) await remove(fleet);
      await expectAbsent(fleet);
    });
    expect(deaths).toBeGreaterThan(5);
  });

  it('while it makes a worktree leaves what somebody writes there then, and the doctor keeps it', async () => {
    const deaths = await atEveryDeath(empty, create, async (fleet) => {
      const isThere = await fleet.git.isCheckedOut(worktree);
      if (isThere) fleet.git.filesIn(worktree).set('later.ts', '1');
      await doctor(fleet);
      const isReady = (await fleet.git.listWorktrees()).some(({ path }) => path === worktree);
      const isKept = isReady
        ? fleet.git.filesIn(worktree).has('later.ts')
        : keptCommits(fleet).some((commit) => 'later.ts' in fleet.git.filesOf(commit));
      expect(isKept).toBe(isThere);
    });
    expect(deaths).toBeGreaterThan(5);
  });

  it('while it removes a worktree with work leaves what the doctor finishes, and loses none of it', async () => {
    await atEveryDeath(readyWithWork, remove, async (fleet) => {
      await doctor(fleet);
      expect(await doctor(fleet)).toEqual([]);
      const isThere = (await fleet.host.registry.read()).length > 0;
      if (!isThere) await expectAbsent(fleet);
      const kept = keptCommits(fleet);
      const tips = isThere ? [...kept, fleet.git.refs.get(branchRef) ?? ''] : kept;
      expect(tips.some((tip) => 'work.ts' in fleet.git.filesOf(tip))).toBe(true);
      const places = isThere ? [Object.fromEntries(fleet.git.filesIn(worktree))] : kept.map((commit) => fleet.git.filesOf(commit));
      expect(places.some((files) => 'more.ts' in files)).toBe(true);
    });
  });

  it('while it removes a worktree with work leaves work that somebody adds then, and keeps it', async () => {
    await atEveryDeath(readyWithWork, remove, async (fleet) => {
      const isThere = (await fleet.git.listWorktrees()).some(({ path }) => path === worktree) && (await fleet.host.pathExists(worktree));
      if (isThere) fleet.git.filesIn(worktree).set('later.ts', '1');
      if ((await fleet.host.state.listProjects()).length > 0) await remove(fleet);
      const isKept = keptCommits(fleet).some((commit) => 'later.ts' in fleet.git.filesOf(commit));
      expect(isKept).toBe(isThere);
    });
  });

  it('while it removes a worktree on a branch of others leaves the branch where it is', async () => {
    await atEveryDeath(adopted, remove, async (fleet) => {
      if ((await fleet.host.state.listProjects()).length > 0) await remove(fleet);
      expect(fleet.git.filesOf(branchRef)).toHaveProperty(['work.ts']);
      expect(await fleet.host.registry.read()).toEqual([]);
      expect([...fleet.host.files.keys()]).toEqual([]);
    });
  });

  it.each([
    ['the same command finishes', create],
    ['the doctor finishes or leaves to that', async (fleet: FakeFleet) => void (await doctor(fleet))],
  ])('while it makes a worktree anew whose folder was deleted leaves what %s, work and database kept', async (_, finish) => {
    const deaths = await atEveryDeath(vanished, create, async (fleet) => {
      await finish(fleet);
      const tip = fleet.git.refs.get(branchRef) ?? '';
      expect(fleet.git.filesOf(tip)).toHaveProperty(['work.ts']);
      expect([...fleet.database.branches]).toEqual(['issue-42']);
      expect(await fleet.host.registry.read()).toMatchObject([{ state: 'ready' }]);
      await create(fleet);
      expect(fleet.git.filesIn(worktree).has('work.ts')).toBe(true);
      expect(await doctor(fleet)).toEqual([]);
    });
    expect(deaths).toBeGreaterThan(5);
  });

  it('while it resets a database leaves what the same command finishes, and the worktree ready', async () => {
    const deaths = await atEveryDeath(ready, reset, async (fleet) => {
      await expectReady(fleet);
      await reset(fleet);
      await expectReady(fleet);
      expect(await doctor(fleet)).toEqual([]);
    });
    expect(deaths).toBeGreaterThan(2);
  });

  it('while it fixes as the doctor leaves what the next doctor fixes', async () => {
    const deaths = await atEveryDeath(
      broken,
      async (fleet, adapters) => void (await doctor(fleet, adapters)),
      async (fleet) => {
        await doctor(fleet);
        expect(await doctor(fleet)).toEqual([]);
        await expectAbsent(fleet);
        expect([...fleet.host.files.keys()]).toEqual([]);
        expect([...(await fleet.host.registry.readSpares()), ...(await fleet.git.listWorktrees()).slice(1)]).toEqual([]);
      },
    );
    expect(deaths).toBeGreaterThan(8);
  });

  it('while it finishes a removal as the doctor loses none of the work', async () => {
    await atEveryDeath(
      halfRemoved,
      async (fleet, adapters) => void (await doctor(fleet, adapters)),
      async (fleet) => {
        await doctor(fleet);
        await expectAbsent(fleet);
        for (const file of ['work.ts', 'more.ts']) expect(keptCommits(fleet).some((kept) => file in fleet.git.filesOf(kept))).toBe(true);
      },
    );
  });

  it('while it prepares a spare leaves what the next one clears away', async () => {
    await atEveryDeath(empty, refill, async (fleet) => {
      await refill(fleet);
      expect(await fleet.host.registry.readSpares()).toMatchObject([{ state: 'ready' }]);
      expect(await fleet.git.listWorktrees()).toHaveLength(2);
    });
  });
});
