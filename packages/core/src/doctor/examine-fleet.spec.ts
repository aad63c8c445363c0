import type { DatabaseBranchRequest } from '../database/database.js';
import { UserError } from '../errors/user-error.js';
import type { FakeHostOptions } from '../host/fake-host.js';
import type { Allocation } from '../host/registry.js';
import { parseSettings } from '../settings/parse-settings.js';
import { anIssue, createFakeFleet, planInFleet, provisionRequest, type FakeFleet } from '../worktree/fleet.contract.js';
import { provisionWorktree } from '../worktree/provision-worktree.js';
import { refillSpares } from '../worktree/spares.js';
import { releaseAbsentRepository } from './absent-repositories.js';
import { examineFleet, lastingProblems, repairFleet, type Problem, type ProblemReport, type ExamineContext } from './examine-fleet.js';

const worktree = '/repo.worktrees/issue-42';
const branchRef = 'refs/heads/issue/42-dark-mode';
const other = { pid: 99, startedAt: '5' };

function context(fleet: FakeFleet, spares = 1): ExamineContext {
  const settings = parseSettings([{ file: 'nx.json', value: { worktrees: { spares } } }]);
  const onProgress = (line: string): void => void fleet.progress.push(line);
  return { location: fleet.git.location, settings, worktreesDirectory: '/repo.worktrees', adapters: fleet, onProgress };
}

async function examine(fleet: FakeFleet, spares = 1): Promise<readonly Problem[]> {
  return examineFleet(context(fleet, spares));
}

async function doctor(fleet: FakeFleet, spares = 1): Promise<readonly ProblemReport[]> {
  return repairFleet(await examine(fleet, spares), { dryRun: false });
}

async function createReadyFleet(options: FakeHostOptions = {}, reference = '42'): Promise<FakeFleet> {
  const fleet = createFakeFleet(options);
  await provisionWorktree(provisionRequest(await planInFleet(fleet, anIssue({ reference })), fleet), fleet);
  return fleet;
}

async function change({ host }: FakeFleet, part: Partial<Allocation>): Promise<void> {
  await host.registry.update((current) => ({ allocations: current.map((one) => ({ ...one, ...part })), result: null }));
}

async function forget({ host }: FakeFleet): Promise<void> {
  await host.registry.update(() => ({ allocations: [], result: null }));
}

/** What somebody does who does not know that there is a command for it. */
async function deleteFolders({ host }: FakeFleet): Promise<void> {
  for (const folder of [worktree, '/repo/.nx-fleet/issues/issue-42']) await host.discardDirectory(folder);
}

/** Killed in the middle of making: nothing says that it was ever ready. */
async function halfMade(options: FakeHostOptions = {}): Promise<FakeFleet> {
  const fleet = await createReadyFleet(options);
  await change(fleet, { state: 'creating', owner: other });
  fleet.host.files.delete('/repo/.nx-fleet/local/issue-42.json');
  return fleet;
}

function aForeignClaim(repository: string): Allocation {
  return {
    repository,
    project: 'issue-1',
    generation: 'x',
    worktree: '/other.worktrees/issue-1',
    branch: 'issue/1',
    ownsBranch: true,
    firstPort: 25_000,
    state: 'creating',
    owner: other,
  };
}

interface Case {
  readonly make: () => Promise<FakeFleet>;
  readonly problem: readonly [subject: string, reason: string, remedy: Problem['remedy']];
  /** What is there once it is repaired, or still there where only a person can. */
  readonly after: (fleet: FakeFleet) => unknown;
}

const repaired: Readonly<Record<string, Case>> = {
  'making that was interrupted': {
    make: halfMade,
    problem: ['issue-42', 'its creation was interrupted', 'undo'],
    after: async ({ git, host, database }) => {
      expect([...host.files.keys(), ...(await host.registry.read()), ...database.branches]).toEqual([]);
      expect(git.refs.has(branchRef)).toBe(false);
      expect(host.strayLog.at(-1)).toBe(worktree);
    },
  },
  'making again that was interrupted': {
    make: async () => {
      const fleet = await createReadyFleet();
      await change(fleet, { state: 'creating', owner: other });
      return fleet;
    },
    problem: ['issue-42', 'recreating its worktree was interrupted', 'finish'],
    after: async ({ host }) => expect(await host.registry.read()).toMatchObject([{ state: 'ready' }]),
  },
  'a removal that was interrupted': {
    make: async () => {
      const fleet = await createReadyFleet();
      fleet.git.filesIn(worktree).set('work.ts', '1');
      await change(fleet, { state: 'removing', owner: other });
      return fleet;
    },
    problem: ['issue-42', 'its removal was interrupted', 'finish'],
    after: async ({ git, host }) => {
      expect([...host.files.keys(), ...(await host.registry.read())]).toEqual([]);
      expect(git.filesOf('refs/nx-fleet/backup/issue-42/20260101T000000Z')).toMatchObject({ 'work.ts': '1' });
    },
  },
  'a removal without a manifest': {
    make: async () => {
      const fleet = await createReadyFleet();
      await fleet.host.state.removeIssue('issue-42');
      await change(fleet, { state: 'removing', owner: other });
      return fleet;
    },
    problem: ['issue-42', 'its removal was interrupted', 'finish'],
    after: async ({ git, host }) => {
      expect([...host.files.keys(), ...(await host.registry.read())]).toEqual([]);
      expect(git.refs.has(branchRef)).toBe(true);
    },
  },
  'a claim without manifest and worktree': {
    make: async () => {
      const fleet = await createReadyFleet();
      await deleteFolders(fleet);
      return fleet;
    },
    problem: ['issue-42', 'its manifest and its worktree are gone', 'release'],
    after: async ({ git, host, database }) => {
      expect([...host.files.keys(), ...(await host.registry.read()), ...database.branches]).toEqual([]);
      expect(git.refs.has(branchRef)).toBe(false);
    },
  },
  'a claim without manifest and worktree, with work on its branch': {
    make: async () => {
      const fleet = await createReadyFleet();
      fleet.git.filesIn(worktree).set('work.ts', '1');
      await fleet.git.commitAll(worktree, 'work');
      await deleteFolders(fleet);
      return fleet;
    },
    problem: ['issue-42', 'its manifest and its worktree are gone', 'release'],
    after: async ({ git, host, database }) => {
      expect([...(await host.registry.read()), ...database.branches]).toEqual([]);
      expect(git.refs.has(branchRef)).toBe(true);
    },
  },
  'a manifest that nothing was made for': {
    make: async () => {
      const fleet = createFakeFleet();
      await planInFleet(fleet);
      return fleet;
    },
    problem: ['issue-42', 'it has a manifest, and nothing was made for it', 'undo'],
    after: async ({ host }) => expect([...host.files.keys()]).toEqual([]),
  },
  'a removal that was interrupted at its end': {
    make: async () => {
      const fleet = await createReadyFleet();
      await fleet.git.removeWorktree(worktree);
      await fleet.git.deleteBranch('issue/42-dark-mode', fleet.git.root);
      fleet.database.branches.clear();
      await forget(fleet);
      return fleet;
    },
    problem: ['issue-42', 'its removal was interrupted at its end', 'finish'],
    after: async ({ host }) => expect([...host.files.keys()]).toEqual([]),
  },
  'a worktree that the registry has forgotten': {
    make: async () => {
      const fleet = await createReadyFleet();
      fleet.git.filesIn(worktree).set('work.ts', '1');
      await forget(fleet);
      return fleet;
    },
    problem: ['issue-42', "this machine's registry does not know its worktree", 'finish'],
    after: async ({ git, host, database }) => {
      const local = await host.state.readLocal('issue-42');
      const claim = { project: 'issue-42', worktree, state: 'ready', ownsBranch: true, firstPort: local?.ports['PORT'] };
      expect(await host.registry.read()).toMatchObject([claim]);
      expect(git.filesIn(worktree).has('work.ts')).toBe(true);
      expect(database.branches.has('issue-42')).toBe(true);
    },
  },
  'a database that no worktree stands for': {
    make: async () => {
      const fleet = createFakeFleet();
      fleet.database.branches.add('issue-7');
      return fleet;
    },
    problem: ['memory issue-7', 'no worktree of "issue-7" uses it', 'remove'],
    after: ({ database }) => expect([...database.branches]).toEqual([]),
  },
  'a folder of a spare that nothing stands for': {
    make: async () => {
      const fleet = createFakeFleet();
      await fleet.git.addDetachedWorktree('/repo.worktrees/.nx-fleet-spare-4', fleet.git.root);
      return fleet;
    },
    problem: ['/repo.worktrees/.nx-fleet-spare-4', 'an unregistered spare worktree', 'remove'],
    after: async ({ git }) => expect(await git.listWorktrees()).toHaveLength(1),
  },
  'a spare that was made half-way': {
    make: async () => {
      const spare = { repository: '/repo/.git', worktree: '/repo.worktrees/.nx-fleet-spare-1', state: 'filling', owner: other } as const;
      return createFakeFleet({ spares: [spare] });
    },
    problem: ['/repo.worktrees/.nx-fleet-spare-1', 'a spare worktree: its preparation was interrupted', 'remove'],
    after: async ({ host }) => expect(await host.registry.readSpares()).toEqual([]),
  },
};

const advised: Readonly<Record<string, Case>> = {
  'a worktree whose database has expired': {
    make: async () => {
      const fleet = await createReadyFleet();
      fleet.database.branches.clear();
      return fleet;
    },
    problem: ['issue-42', 'its database is gone. To have a fresh copy: nx run issue-42:db-reset', 'advise'],
    after: async ({ host }) => expect(await host.registry.read()).toMatchObject([{ state: 'ready' }]),
  },
  'a ready worktree whose manifest is gone': {
    make: async () => {
      const fleet = await createReadyFleet();
      await fleet.host.state.removeIssue('issue-42');
      return fleet;
    },
    problem: [
      'issue-42',
      `its manifest is missing, but its worktree "${worktree}" exists. To restore the manifest: nx g worktree --issue=42`,
      'advise',
    ],
    after: async ({ host }) => expect(await host.pathExists(worktree)).toBe(true),
  },
  'a ready worktree whose folder is gone': {
    make: async () => {
      const fleet = await createReadyFleet();
      await fleet.git.removeWorktree(worktree);
      return fleet;
    },
    problem: ['issue-42', `its worktree "${worktree}" is gone. Make it again: nx g worktree --issue=42`, 'advise'],
    after: async ({ host, database }) => {
      expect(await host.registry.read()).toHaveLength(1);
      expect(database.branches.has('issue-42')).toBe(true);
    },
  },
  'a ready worktree without its database': {
    make: async () => {
      const fleet = createFakeFleet();
      const database = { ...fleet.database, createBranch: () => Promise.reject(new UserError('the server is down')) };
      await provisionWorktree(provisionRequest(await planInFleet(fleet), fleet), { ...fleet, database });
      return fleet;
    },
    problem: ['issue-42', 'its database was not created (the server is down). Once that is fixed: nx g worktree --issue=42', 'advise'],
    after: async ({ host }) => expect(await host.registry.read()).toMatchObject([{ state: 'ready' }]),
  },
  'a state of which nothing is left but the branch': {
    make: async () => {
      const fleet = await createReadyFleet();
      await fleet.git.removeWorktree(worktree);
      await forget(fleet);
      return fleet;
    },
    problem: [
      'issue-42',
      'this machine knows nothing of its worktree but its state. Remove it, which leaves the branch: nx g remove-worktree --issue=42',
      'advise',
    ],
    after: ({ git }) => expect(git.refs.has(branchRef)).toBe(true),
  },
  'a database of an earlier worktree': {
    make: async () => {
      const fleet = await createReadyFleet();
      await change(fleet, { generation: 'later' });
      return fleet;
    },
    problem: ['memory issue-42', 'an earlier worktree of "issue-42" left it. To have it replaced: nx run issue-42:db-reset', 'advise'],
    after: ({ database }) => expect(database.branches.has('issue-42')).toBe(true),
  },
  'a database that does not answer': {
    make: async () => {
      const fleet = createFakeFleet();
      const listBranches = (): Promise<never> => Promise.reject(new UserError('the server is down'));
      return { ...fleet, database: { ...fleet.database, listBranches } };
    },
    problem: ['memory database', 'the server is down', 'advise'],
    after: () => {},
  },
};

describe('the doctor', () => {
  it.each(Object.entries(repaired))('repairs %s, after which nothing is left to repair', async (_, { make, problem, after }) => {
    const fleet = await make();
    fleet.host.becomeAnotherProcess();
    const [subject, reason, remedy] = problem;
    expect(await examine(fleet)).toEqual([{ subject, reason, remedy, repair: expect.any(Function) as unknown }]);
    expect(await doctor(fleet)).toEqual([{ subject, reason, remedy, outcome: 'repaired' }]);
    await after(fleet);
    expect(await examine(fleet)).toEqual([]);
  });

  it.each(Object.entries(repaired))('only says what it would do about %s when asked to', async (_, { make, problem }) => {
    const fleet = await make();
    fleet.host.becomeAnotherProcess();
    const look = async (): Promise<unknown> => [
      [...fleet.host.files],
      await fleet.host.registry.read(),
      await fleet.host.registry.readSpares(),
      [...fleet.git.refs],
      await fleet.git.listWorktrees(),
      [...fleet.database.branches],
    ];
    const before = await look();
    const [subject, reason, remedy] = problem;
    expect(await repairFleet(await examine(fleet), { dryRun: true })).toEqual([{ subject, reason, remedy, outcome: 'would-repair' }]);
    expect(await look()).toEqual(before);
  });

  it.each(Object.entries(advised))('leaves %s to a person, and says what to do', async (_, { make, problem, after }) => {
    const fleet = await make();
    fleet.host.becomeAnotherProcess();
    const [subject, reason, remedy] = problem;
    expect(await doctor(fleet)).toEqual([{ subject, reason, remedy, outcome: 'needs-you' }]);
    await after(fleet);
  });

  it('finds nothing in a fleet that fits together, spares and checkouts in use included', async () => {
    const fleet = await createReadyFleet();
    await refillSpares({ ...context(fleet), commit: fleet.git.root }, fleet);
    expect(await examine(fleet)).toEqual([]);
  });

  it.each([true, false])('has one row for a manifest that cannot be read, claimed (%s) or not, and goes on', async (isClaimed) => {
    const fleet = await createReadyFleet();
    if (!isClaimed) await forget(fleet);
    const { state } = fleet.host;
    const broken: FakeFleet = {
      ...fleet,
      host: {
        ...fleet.host,
        state: { ...state, readManifest: () => Promise.reject(new UserError('"issue.json" is not JSON.')) },
      },
    };
    const rows = (await examine(broken)).filter(({ subject }) => subject === 'issue-42');
    expect(rows).toEqual([{ subject: 'issue-42', reason: '"issue.json" is not JSON.', remedy: 'advise' }]);
  });

  it('takes away spares that are too many, and sweeps folders of removed worktrees', async () => {
    const fleet = await createReadyFleet({ files: { '/repo.worktrees/.nx-fleet-discarded-1/a': '' } });
    await refillSpares({ ...context(fleet), commit: fleet.git.root }, fleet);
    expect((await doctor(fleet, 0)).map(({ subject, reason, outcome }) => [subject, reason, outcome])).toEqual([
      ['/repo.worktrees', 'folders of removed worktrees are still there', 'repaired'],
      ['/repo.worktrees/.nx-fleet-spare-1', 'a spare worktree: there are more spares than "worktrees.spares" asks for', 'repaired'],
    ]);
    expect(await fleet.git.listWorktrees()).toHaveLength(2);
  });

  it.each(['creating', 'removing'] as const)('leaves a living process alone that is %s', async (state) => {
    const fleet = await createReadyFleet({ running: [other] });
    await change(fleet, { state, owner: other });
    fleet.host.files.delete('/repo/.nx-fleet/local/issue-42.json');
    expect(await examine(fleet)).toEqual([]);
  });

  it('leaves a spare alone that a living process fills, or that a claim is about to take', async () => {
    const spare = { repository: '/repo/.git', worktree: '/repo.worktrees/.nx-fleet-spare-1', state: 'filling', owner: other } as const;
    const fleet = await createReadyFleet({ running: [other], spares: [spare] });
    await fleet.git.addDetachedWorktree(spare.worktree, fleet.git.root);
    await fleet.git.addDetachedWorktree('/repo.worktrees/.nx-fleet-spare-2', fleet.git.root);
    await change(fleet, { spare: '/repo.worktrees/.nx-fleet-spare-2' });
    expect(await examine(fleet)).toEqual([]);
  });

  it('leaves claims and spares of another repository to its own doctor', async () => {
    const spare = { repository: '/other/.git', worktree: '/other.worktrees/.nx-fleet-spare-1', state: 'filling', owner: other } as const;
    const allocations = [aForeignClaim('/other/.git')];
    const fleet = createFakeFleet({ allocations, spares: [spare], files: { '/other/.git/HEAD': '' } });
    expect(await examine(fleet)).toEqual([]);
  });

  it('reports what a repository holds whose folder is not there, and leaves it as it is', async () => {
    const spare = { repository: '/gone/.git', worktree: '/gone.worktrees/.nx-fleet-spare-1', state: 'ready', owner: other } as const;
    const second = { ...aForeignClaim('/gone/.git'), project: 'issue-2', firstPort: 25_010 };
    const fleet = createFakeFleet({ allocations: [aForeignClaim('/gone/.git'), second], spares: [spare] });
    const reason =
      'its folder is not there, and it holds 2 worktrees and 1 spare worktree. If it is gone for good: nx run fleet:doctor --release=/gone/.git';
    expect(await doctor(fleet)).toEqual([{ subject: '/gone/.git', reason, remedy: 'note', outcome: 'noted' }]);
    expect([await fleet.host.registry.read(), await fleet.host.registry.readSpares()]).toMatchObject([[{}, {}], [spare]]);
  });

  it('releases what an absent repository holds only when it is asked to, and nothing of others', async () => {
    const spare = { repository: '/gone/.git', worktree: '/gone.worktrees/.nx-fleet-spare-1', state: 'ready', owner: other } as const;
    const fleet = await createReadyFleet({ spares: [spare] });
    await fleet.host.registry.update((current) => ({ allocations: [...current, aForeignClaim('/gone/.git')], result: null }));
    const release = (repository: string, dryRun = false): Promise<string> =>
      releaseAbsentRepository(repository, { host: fleet.host, dryRun });
    fleet.host.files.set('/repo/.git/HEAD', '');
    await expect(release('/repo/.git')).rejects.toThrow('Those are: "/gone/.git".');
    expect(await release('/gone/.git', true)).toBe('1 worktree and 1 spare worktree');
    expect(await fleet.host.registry.read()).toHaveLength(2);
    await release('/gone/.git');
    expect([await fleet.host.registry.read(), await fleet.host.registry.readSpares()]).toMatchObject([[{ project: 'issue-42' }], []]);
  });

  it('releases nothing of an absent repository whose process is at work, as in a container', async () => {
    const fleet = createFakeFleet({ allocations: [aForeignClaim('/gone/.git')], running: [other] });
    await expect(releaseAbsentRepository('/gone/.git', { host: fleet.host, dryRun: false })).rejects.toThrow(
      'is being worked on by process 99',
    );
    expect(await fleet.host.registry.read()).toHaveLength(1);
  });

  it("leaves a spare of another repository's registry in the same folder alone", async () => {
    const fleet = createFakeFleet({ files: { '/repo.worktrees/.nx-fleet-spare-1/.git': 'gitdir: /other/.git/worktrees/x' } });
    expect(await examine(fleet)).toEqual([]);
  });

  it('leaves the database of a worktree alone that is just being made', async () => {
    const fleet = await createReadyFleet({ running: [other] });
    await change(fleet, { state: 'creating', owner: other, generation: 'other' });
    expect(await examine(fleet)).toEqual([]);
  });

  it('tells which remedy failed and why, and goes on with the others', async () => {
    const fleet = await halfMade();
    fleet.host.becomeAnotherProcess();
    fleet.database.branches.add('issue-7');
    const removeWorktree = (): Promise<never> => Promise.reject(new UserError('"it" is locked'));
    const faulty = { ...fleet, git: { ...fleet.git, removeWorktree } };
    expect(await doctor(faulty)).toMatchObject([
      { subject: 'issue-42', outcome: 'failed', error: '"it" is locked' },
      { subject: 'memory issue-7', outcome: 'repaired' },
    ]);
    fleet.host.becomeAnotherProcess();
    expect(await doctor(fleet)).toMatchObject([{ subject: 'issue-42', outcome: 'repaired' }]);
  });

  it('removes temporary folders of killed commands', async () => {
    const fleet = createFakeFleet({ forgottenScratch: ['/tmp/nx-fleet-a1b2c3-17-d4e5f6-abcdef'] });
    expect(await doctor(fleet)).toMatchObject([
      { subject: '/tmp/nx-fleet-a1b2c3-17-d4e5f6-abcdef', remedy: 'remove', outcome: 'repaired' },
    ]);
  });

  it('shows a failure that was not foreseen as one row, and repairs the others', async () => {
    const bug = new Error('undefined is not a function\u001b[2J');
    const repaired: string[] = [];
    const problems: Problem[] = [
      { subject: 'a', reason: 'x', remedy: 'undo', repair: () => Promise.reject(bug) },
      { subject: 'b', reason: 'y', remedy: 'undo', repair: async () => void repaired.push('b') },
    ];
    expect(await repairFleet(problems, { dryRun: false })).toMatchObject([
      { subject: 'a', outcome: 'failed', error: 'undefined is not a function' },
      { subject: 'b', outcome: 'repaired' },
    ]);
    expect(repaired).toEqual(['b']);
  });

  it('shows no control characters of what it has found', async () => {
    const problem: Problem = { subject: 'a\u001b[2J', reason: 'b\u0007', remedy: 'advise' };
    expect(await repairFleet([problem], { dryRun: false })).toMatchObject([{ subject: 'a', reason: 'b' }]);
  });
});

describe('the doctor beside others', () => {
  it('undoes nothing that another process has taken up since it looked', async () => {
    const fleet = await halfMade({ running: [{ pid: 77, startedAt: '1' }] });
    fleet.host.becomeAnotherProcess();
    const problems = await examine(fleet);
    await change(fleet, { owner: { pid: 77, startedAt: '1' } });
    const [report] = await repairFleet(problems, { dryRun: false });
    expect(report).toMatchObject({ outcome: 'failed', error: expect.stringContaining('Another process has just begun') as unknown });
    expect(fleet.git.filesIn(worktree).has('README.md')).toBe(true);
  });

  it('finishes no removal under a process that works in the worktree', async () => {
    const fleet = await createReadyFleet({ processes: { [worktree]: [{ pid: 5, name: 'vim' }] } });
    await change(fleet, { state: 'removing', owner: other });
    fleet.host.becomeAnotherProcess();
    const [report] = await doctor(fleet);
    expect(report).toMatchObject({ outcome: 'failed', error: expect.stringContaining('Process 5 (vim) works in') as unknown });
    expect(fleet.git.filesIn(worktree).has('README.md')).toBe(true);
    expect(await fleet.host.registry.read()).toMatchObject([{ state: 'removing', owner: other }]);
  });

  it('finishes no removal of what was removed and made anew since it looked', async () => {
    const fleet = await createReadyFleet();
    await change(fleet, { state: 'removing', owner: other });
    fleet.host.becomeAnotherProcess();
    const problems = await examine(fleet);
    await repairFleet(await examine(fleet), { dryRun: false });
    await provisionWorktree(provisionRequest(await planInFleet(fleet), fleet), fleet);
    expect(await repairFleet(problems, { dryRun: false })).toMatchObject([{ outcome: 'failed' }]);
    expect(await fleet.host.registry.read()).toMatchObject([{ state: 'ready' }]);
    expect(await fleet.git.listWorktrees()).toHaveLength(2);
  });

  it('makes nothing anew that was removed since it looked', async () => {
    const fleet = await createReadyFleet();
    await change(fleet, { state: 'creating', owner: other });
    const problems = await examine(fleet);
    await forget(fleet);
    expect(await repairFleet(problems, { dryRun: false })).toMatchObject([{ remedy: 'finish', outcome: 'failed' }]);
    expect(await fleet.host.registry.read()).toEqual([]);
  });

  it('keeps manifest and database of an issue whose turn has come since it looked', async () => {
    const fleet = createFakeFleet();
    const plan = await planInFleet(fleet);
    fleet.database.branches.add('issue-42');
    const problems = await examine(fleet);
    expect(problems.map(({ remedy }) => remedy)).toEqual(['undo', 'remove']);
    await provisionWorktree(provisionRequest(plan, fleet), fleet);
    await repairFleet(problems, { dryRun: false });
    expect(await fleet.host.state.readManifest('issue-42')).not.toBeNull();
    expect(fleet.database.branches.has('issue-42')).toBe(true);
  });

  it('keeps the database that a new worktree has put in place of an orphan at the very moment of its removal', async () => {
    const fleet = createFakeFleet();
    await fleet.database.createBranch({ project: 'issue-42', generation: 'earlier' } as DatabaseBranchRequest);
    const removeBranch: FakeFleet['database']['removeBranch'] = async (given) => {
      await provisionWorktree(provisionRequest(await planInFleet(fleet), fleet), fleet);
      await fleet.database.removeBranch(given);
    };
    const problems = await examine({ ...fleet, database: { ...fleet.database, removeBranch } });
    expect(await repairFleet(problems, { dryRun: false })).toMatchObject([{ subject: 'memory issue-42', remedy: 'remove' }]);
    expect([...fleet.database.branches]).toEqual(['issue-42']);
  });

  it('remembers no worktree over the ports of another', async () => {
    const fleet = await createReadyFleet();
    await change(fleet, { project: 'issue-9', repository: '/other/.git' });
    fleet.host.files.set('/other/.git/HEAD', '');
    const reports = await doctor(fleet);
    expect(reports).toMatchObject([{ outcome: 'failed', error: expect.stringContaining('Another worktree has the ports') as unknown }]);
    expect(await fleet.host.registry.read()).toMatchObject([{ project: 'issue-9' }]);
  });

  it('keeps a folder whose name a new spare has got since it looked', async () => {
    const fleet = createFakeFleet();
    const path = '/repo.worktrees/.nx-fleet-spare-1';
    await fleet.git.addDetachedWorktree(path, fleet.git.root);
    const problems = await examine(fleet);
    await fleet.git.removeWorktree(path);
    await refillSpares({ ...context(fleet), commit: fleet.git.root }, fleet);
    await repairFleet(problems, { dryRun: false });
    expect(fleet.git.filesIn(path).has('README.md')).toBe(true);
  });
});

describe('problems of two looks', () => {
  const problem = (subject: string, reason: string): Problem => ({ subject, reason, remedy: 'undo', repair: async () => {} });

  it('last when both have them, as the second has seen them', () => {
    const first = [problem('issue-1', 'a'), problem('issue-2', 'a'), problem('issue-4', 'a')];
    const second = [problem('issue-1', 'a'), problem('issue-2', 'b'), problem('issue-3', 'a')];
    const [lasting, ...others] = lastingProblems(first, second);
    expect(lasting).toBe(second[0]);
    expect(others).toEqual([]);
  });
});
