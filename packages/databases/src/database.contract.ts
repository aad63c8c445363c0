import { UserError, type Database, type DatabaseBranch, type DatabaseBranchRequest } from '@nx-fleet/core';

/** Looks into databases from outside. */
export interface DatabaseProbe {
  /** Writes a mark into a branch, as an application would. */
  mark(branch: DatabaseBranch): Promise<void>;
  isMarked(branch: DatabaseBranch): Promise<boolean>;
}

/** For providers that keep a marker of ours beside each branch. */
interface StrangerProbe {
  /** Makes, past the provider, a branch without a marker of ours under the name that the request's branch would have. */
  takeName(request: DatabaseBranchRequest): Promise<void>;
  /** Whether that branch is there as it was made. */
  isUntouched(request: DatabaseBranchRequest): Promise<boolean>;
}

export interface DatabaseUnderTest {
  readonly database: Database;
  /** A request for one of two worktrees of the same repository. */
  request(worktree: 'first' | 'second'): DatabaseBranchRequest;
  /** Everything that the database reads or writes outside the linked worktrees and its own branches: it must stay as it is. */
  readOriginal(): Promise<unknown>;
  /** Null when there is no database. */
  readonly probe: DatabaseProbe | null;
}

interface OutsideDatabaseUnderTest extends DatabaseUnderTest {
  readonly probe: DatabaseProbe;
  /** Null when the provider cannot keep a marker: names alone tell whose a branch is. */
  readonly strangers: StrangerProbe | null;
}

/** What every kind of database does. `make` cleans up after itself in an `afterEach` of its spec. */
export function describeDatabase(name: string, make: () => Promise<DatabaseUnderTest>): void {
  describe(`${name} as a database`, () => {
    it('finds the branch that is there when it is created again, with what was written to it', async () => {
      const { database, request, probe } = await make();
      const branch = await database.createBranch(request('first'));
      await mark(probe, branch);
      await expect(database.createBranch(request('first'))).resolves.toEqual(branch);
      await expect(isMarked(probe, branch)).resolves.toBe(branch !== null);
    });

    it('points reset and created branches at the same place, and resets what was written', async () => {
      const { database, request, probe } = await make();
      const branch = await database.createBranch(request('first'));
      await mark(probe, branch);
      await expect(database.resetBranch(request('first'))).resolves.toEqual(branch);
      await expect(isMarked(probe, branch)).resolves.toBe(false);
    });

    it('creates a branch that is missing when it is reset', async () => {
      const { database, request } = await make();
      const branch = await database.resetBranch(request('first'));
      await expect(database.createBranch(request('first'))).resolves.toEqual(branch);
    });

    it('gives each worktree a branch of its own, or none to any', async () => {
      const { database, request, probe } = await make();
      const first = await database.createBranch(request('first'));
      const second = await database.createBranch(request('second'));
      expect(first === null).toBe(second === null);
      for (const [variable, value] of Object.entries(first?.variables ?? {})) {
        expect(second?.variables).toHaveProperty(variable);
        expect(second?.variables[variable]).not.toBe(value);
      }
      await mark(probe, first);
      await expect(isMarked(probe, second)).resolves.toBe(false);
    });

    it('gives exactly the variables that it names', async () => {
      const { database, request } = await make();
      const branch = await database.createBranch(request('first'));
      expect(Object.keys(branch?.variables ?? {}).sort()).toEqual([...database.variables].sort());
    });

    it('creates at the same time for several worktrees', async () => {
      const { database, request } = await make();
      const branches = await Promise.all([database.createBranch(request('first')), database.createBranch(request('second'))]);
      expect(branches.map((branch) => branch === null)).toEqual(Array(2).fill(branches[0] === null));
    });

    it('describes a branch in one line, without the values of its variables', async () => {
      const { database, request } = await make();
      const branch = await database.createBranch(request('first'));
      expectPlainDescription(branch);
    });

    it('removes a branch, also when there is none', async () => {
      const { database, request, probe } = await make();
      await database.removeBranch(request('first'));
      await mark(probe, await database.createBranch(request('first')));
      await database.removeBranch(request('first'));
      await database.removeBranch(request('first'));
      const branch = await database.createBranch(request('first'));
      await expect(isMarked(probe, branch)).resolves.toBe(false);
    });

    it('removes the branch of one worktree only', async () => {
      const { database, request, probe } = await make();
      const second = await database.createBranch(request('second'));
      await mark(probe, second);
      await database.createBranch(request('first'));
      await database.removeBranch(request('first'));
      await expect(database.createBranch(request('second'))).resolves.toEqual(second);
      await expect(isMarked(probe, second)).resolves.toBe(second !== null);
    });

    it('refreshes its source without a change to a branch', async () => {
      const { database, request, probe } = await make();
      const branch = await database.createBranch(request('first'));
      await mark(probe, branch);
      await database.refreshSource(request('first'), () => {});
      await database.refreshSource(request('first'), () => {});
      await expect(database.createBranch(request('first'))).resolves.toEqual(branch);
      await expect(isMarked(probe, branch)).resolves.toBe(branch !== null);
    });

    it('leaves the original as it is', async () => {
      const { database, request, readOriginal } = await make();
      const before = await readOriginal();
      await database.createBranch(request('first'));
      await database.resetBranch(request('first'));
      await database.removeBranch(request('first'));
      await expect(readOriginal()).resolves.toEqual(before);
    });
  });
}

/** What holds besides for databases whose branches go with their worktrees. */
export function describeInsideDatabase(name: string, make: () => Promise<DatabaseUnderTest>): void {
  describeDatabase(name, make);
  describe(`${name} as a database inside the worktree`, () => {
    it('has no branches to list, and no source to refresh', async () => {
      const { database, request } = await make();
      await database.createBranch(request('first'));
      await expect(database.listBranches(request('first'))).resolves.toEqual([]);
      await expect(database.refreshSource(request('first'), () => {})).resolves.toBeNull();
    });
  });
}

/** What holds besides for databases whose branches are still there when their worktree is gone. */
export function describeOutsideDatabase(name: string, make: () => Promise<OutsideDatabaseUnderTest>): void {
  describeDatabase(name, make);
  describe(`${name} as a database outside the worktree`, () => {
    it('makes one branch for the same request at the same time', async () => {
      const { database, request } = await make();
      const branches = await Promise.all(Array.from({ length: 6 }, () => database.createBranch(request('first'))));
      for (const branch of branches) {
        expect(branch).toEqual(branches[0]);
      }
      await expect(database.listBranches(request('first'))).resolves.toHaveLength(1);
    });

    it('lists the branches of this clone until they are removed', async () => {
      const { database, request, strangers } = await make();
      await expect(database.listBranches(request('first'))).resolves.toEqual([]);
      await database.createBranch(request('first'));
      await database.createBranch(request('second'));
      await database.createBranch({ ...request('first'), clone: 'ffffffff' });
      const listed = await database.listBranches(request('first'));
      expect(new Set(listed.map(({ name }) => name)).size).toBe(2);
      if (strangers !== null) {
        const requests = [request('first'), request('second')];
        const owners = requests.map(({ project, generation }) => ({ project, generation, name: expect.stringMatching(/./) as string }));
        expect(listed).toEqual(expect.arrayContaining(owners));
      }
      await database.removeBranch(request('first'));
      await database.removeBranch(request('second'));
      await expect(database.listBranches(request('first'))).resolves.toEqual([]);
      await expect(database.listBranches({ ...request('first'), clone: 'ffffffff' })).resolves.toHaveLength(1);
    });

    it('gives another clone a branch of its own for the same project', async () => {
      const { database, request, probe } = await make();
      const ours = await database.createBranch(request('first'));
      await mark(probe, ours);
      const theirs = await database.createBranch({ ...request('first'), clone: 'ffffffff' });
      await expect(isMarked(probe, theirs)).resolves.toBe(false);
      await database.removeBranch({ ...request('first'), clone: 'ffffffff' });
      await expect(isMarked(probe, ours)).resolves.toBe(true);
    });

    it('gives a worktree that was made again a fresh copy, once', async () => {
      const { database, request, probe } = await make();
      await mark(probe, await database.createBranch(request('first')));
      const again = { ...request('first'), generation: 'b2b2b2b2' };
      const fresh = await database.createBranch(again);
      await expect(isMarked(probe, fresh)).resolves.toBe(false);
      await mark(probe, fresh);
      await expect(database.createBranch(again)).resolves.toEqual(fresh);
      await expect(isMarked(probe, fresh)).resolves.toBe(true);
    });

    it('leaves no branch of any generation once the project is removed', async () => {
      const { database, request } = await make();
      await database.createBranch(request('first'));
      await database.createBranch({ ...request('first'), generation: 'b2b2b2b2' });
      await database.removeBranch(request('first'));
      await expect(database.listBranches(request('first'))).resolves.toEqual([]);
    });

    it('removes no branch of another generation than a removal names', async () => {
      const { database, request, probe } = await make();
      const branch = await database.createBranch({ ...request('first'), generation: 'b2b2b2b2' });
      await mark(probe, branch);
      await database.removeBranch({ ...request('first'), onlyGeneration: 'a0a0a0a0' });
      await expect(isMarked(probe, branch)).resolves.toBe(true);
      await database.removeBranch({ ...request('first'), onlyGeneration: 'b2b2b2b2' });
      await expect(database.listBranches(request('first'))).resolves.toEqual([]);
    });

    it('refuses a name that somebody else has taken, and touches nothing of theirs', async () => {
      const { database, request, strangers } = await make();
      if (strangers === null) {
        expect(database.type).toBe('command');
        return;
      }
      await strangers.takeName(request('first'));
      for (const act of [database.createBranch, database.resetBranch]) {
        const error: unknown = await act(request('first')).catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(UserError);
        expect((error as UserError).message).not.toContain('\n');
      }
      await database.removeBranch(request('first'));
      await expect(database.listBranches(request('first'))).resolves.toEqual([]);
      await expect(strangers.isUntouched(request('first'))).resolves.toBe(true);
    });
  });
}

async function mark(probe: DatabaseProbe | null, branch: DatabaseBranch | null): Promise<void> {
  expect(branch === null).toBe(probe === null);
  if (branch !== null) await probe?.mark(branch);
}

async function isMarked(probe: DatabaseProbe | null, branch: DatabaseBranch | null): Promise<boolean> {
  return branch !== null && probe !== null && (await probe.isMarked(branch));
}

function expectPlainDescription(branch: DatabaseBranch | null): void {
  // oxlint-disable-next-line no-control-regex
  expect(branch?.description ?? 'none').toMatch(/^[^\u0000-\u001F]+$/);
  for (const value of Object.values(branch?.variables ?? {})) {
    expect(branch?.description).not.toContain(value);
  }
}
