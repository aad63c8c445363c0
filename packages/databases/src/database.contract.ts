import type { Database, DatabaseBranch, DatabaseBranchRequest } from '@nx-fleet/core';

interface DatabaseUnderTest {
  readonly database: Database;
  /** A request for one of two worktrees of the same repository. */
  request(worktree: 'first' | 'second'): DatabaseBranchRequest;
  /** Everything that the database reads or writes outside the linked worktrees: it must stay as it is. */
  readOriginal(): Promise<unknown>;
}

/** What every kind of database does. `make` cleans up after itself in an `afterEach` of its spec. */
export function describeDatabase(name: string, make: () => Promise<DatabaseUnderTest>): void {
  describe(`${name} as a database`, () => {
    it('finds the branch that is there when it is created again', async () => {
      const { database, request } = await make();
      const branch = await database.createBranch(request('first'));
      await expect(database.createBranch(request('first'))).resolves.toEqual(branch);
    });

    it('points reset and created branches at the same place', async () => {
      const { database, request } = await make();
      const branch = await database.createBranch(request('first'));
      await expect(database.resetBranch(request('first'))).resolves.toEqual(branch);
    });

    it('gives each worktree a branch of its own, or none to any', async () => {
      const { database, request } = await make();
      const first = await database.createBranch(request('first'));
      const second = await database.createBranch(request('second'));
      expect(first === null).toBe(second === null);
      for (const [variable, value] of Object.entries(first?.variables ?? {})) {
        expect(second?.variables).toHaveProperty(variable);
        expect(second?.variables[variable]).not.toBe(value);
      }
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
      const { database, request } = await make();
      await database.removeBranch(request('first'));
      await database.createBranch(request('first'));
      await database.removeBranch(request('first'));
      await database.removeBranch(request('first'));
      const branch = await database.createBranch(request('first'));
      await expect(database.resetBranch(request('first'))).resolves.toEqual(branch);
    });

    it('removes the branch of one worktree only', async () => {
      const { database, request } = await make();
      const second = await database.createBranch(request('second'));
      await database.createBranch(request('first'));
      await database.removeBranch(request('first'));
      await expect(database.createBranch(request('second'))).resolves.toEqual(second);
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

function expectPlainDescription(branch: DatabaseBranch | null): void {
  // oxlint-disable-next-line no-control-regex
  expect(branch?.description ?? 'none').toMatch(/^[^\u0000-\u001F]+$/);
  for (const value of Object.values(branch?.variables ?? {})) {
    expect(branch?.description).not.toContain(value);
  }
}
