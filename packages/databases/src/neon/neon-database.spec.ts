import { branchName } from '../ownership.js';
import { describeOutsideDatabase } from '../database.contract.js';
import { createNeonDatabase } from './neon-database.js';
import { branchesOf, count, PATIENCE, probe, query, refusal, setUp, useNeonEmulators, waitUntil } from './neon.fixture.js';

import.meta.jest.setTimeout(60_000);
useNeonEmulators();

describeOutsideDatabase('neon', async () => {
  const { emulator, project, database, request } = await setUp();
  return {
    database,
    request,
    readOriginal: () => project.query(emulator.main.id, 'SELECT * FROM product ORDER BY name'),
    probe,
    strangers: {
      takeName: async (taken) => {
        const { branch } = project.add({
          name: branchName(taken),
          parentId: emulator.main.id,
          annotation: { owner: 'them' },
          expiresAt: null,
        });
        await waitUntil(() => branch.state === 'ready');
        await project.query(branch.id, 'CREATE TABLE theirs (text text)');
      },
      isUntouched: async (taken) => {
        const [branch] = branchesOf(emulator, branchName(taken));
        const rows = await project.query(branch!.id, "SELECT 1 FROM pg_tables WHERE tablename = 'theirs'");
        return rows.length === 1 && branch!.expiresAt === null && branch!.resetAt === null;
      },
    },
  };
});

describe('a Neon branch', () => {
  it('has an endpoint, an expiry, our marker, and both of its URLs', async () => {
    const { emulator, database, request, branch, progress } = await setUp();
    const made = await database.createBranch(request('first'));
    expect(made).toEqual({
      description: 'neon shop_issue_first_c10ec10e',
      variables: { DATABASE_URL: emulator.project.uri(branch(), true), DIRECT_URL: emulator.project.uri(branch(), false) },
    });
    expect(branch()).toMatchObject({
      parentId: emulator.main.id,
      annotation: { tool: 'nx-fleet', clone: 'c10ec10e', project: 'issue-first', generation: 'a1a1a1a1' },
    });
    expect(Math.abs(Date.parse(branch().expiresAt!) - Date.now() - 7 * 86_400_000)).toBeLessThan(60_000);
    await expect(query(made!.variables['DATABASE_URL']!, 'SELECT name FROM product ORDER BY 1')).resolves.toHaveLength(2);
    expect(progress).toEqual(['Creating Neon branch shop_issue_first_c10ec10e', 'Neon branch shop_issue_first_c10ec10e is ready']);
  });

  it('is waited for while its operations run', async () => {
    const { project, database, request } = await setUp();
    project.operationMs = 300;
    const made = await database.createBranch(request('first'));
    await expect(query(made!.variables['DIRECT_URL']!, 'SELECT 1')).resolves.toHaveLength(1);
  });

  it('is waited for by one who finds it half made', async () => {
    const { emulator, project, database, request } = await setUp();
    project.operationMs = 300;
    const [first, second] = await Promise.all([
      database.createBranch(request('first')),
      waitUntil(() => project.branches.size === 2).then(() => database.createBranch(request('first'))),
    ]);
    expect(second).toEqual(first);
    expect(count(emulator, 'createProjectBranch')).toBe(1);
  });

  it('is made though its operations fail at first', async () => {
    const { project, database, request } = await setUp();
    project.failures = 3;
    await expect(database.createBranch(request('first'))).resolves.not.toBeNull();
  });

  it('expires later when it is used again', async () => {
    const { database, request, branch } = await setUp();
    await database.createBranch(request('first'));
    branch().expiresAt = new Date(Date.now() + 60_000).toISOString();
    await database.createBranch(request('first'));
    expect(Date.parse(branch().expiresAt!)).toBeGreaterThan(Date.now() + 6 * 86_400_000);
  });

  it('may live for thirty days', async () => {
    const { database, request, branch } = await setUp({ settings: { expiresInDays: 30 } });
    await database.createBranch(request('first'));
    expect(Date.parse(branch().expiresAt!)).toBeGreaterThan(Date.now() + 29 * 86_400_000);
  });

  it('is used without an expiry when somebody has protected it, and says so', async () => {
    const { database, request, branch, progress } = await setUp();
    await database.createBranch(request('first'));
    branch().isProtected = true;
    await database.createBranch(request('first'));
    expect(progress.join('\n')).toMatch(/The expiry of Neon branch br-\S+ stays as it is: Neon answered 422/);
  });

  it('is reset in place: same id, same URL, expiry counted again', async () => {
    const { database, request, branch, emulator } = await setUp();
    const made = await database.createBranch(request('first'));
    const { id } = branch();
    branch().expiresAt = new Date(Date.now() + 60_000).toISOString();
    await emulator.project.query(emulator.main.id, "INSERT INTO product VALUES ('quince')");
    await expect(database.resetBranch(request('first'))).resolves.toEqual(made);
    expect(branch().id).toBe(id);
    expect(Date.parse(branch().expiresAt!)).toBeGreaterThan(Date.now() + 6 * 86_400_000);
    await expect(query(made!.variables['DIRECT_URL']!, 'SELECT name FROM product')).resolves.toHaveLength(3);
  });

  it('is made anew when the settings name another parent', async () => {
    const { emulator, database, request, branch, settings, context } = await setUp();
    await database.createBranch(request('first'));
    const staging = await emulator.project.addRoot('staging');
    for (const parent of ['staging', staging.id]) {
      const moved = createNeonDatabase({ ...settings, parent }, context, PATIENCE);
      await moved.resetBranch(request('first'));
      expect(branch().parentId).toBe(staging.id);
    }
    expect(count(emulator, 'restoreProjectBranch')).toBe(1);
  });

  it('is found among more than a page of branches', async () => {
    const { emulator, database, request } = await setUp({ options: { pageSize: 2, branchLimit: 100 } });
    for (const name of ['a', 'b', 'c', 'd']) {
      await emulator.project.addRoot(`${branchName(request('first'))}-${name}`);
    }
    await database.createBranch(request('first'));
    await database.createBranch(request('first'));
    await database.createBranch(request('second'));
    await database.createBranch(request('third'));
    expect(count(emulator, 'createProjectBranch')).toBe(3);
    await expect(database.listBranches(request('first'))).resolves.toEqual(
      ['first', 'second', 'third'].map((worktree) => ({
        project: `issue-${worktree}`,
        generation: 'a1a1a1a1',
        name: branchName(request(worktree)),
      })),
    );
  });

  it('is gone once it is removed, though Neon keeps the name while it works', async () => {
    const { emulator, project, database, request } = await setUp();
    await database.createBranch(request('first'));
    project.operationMs = 200;
    await database.removeBranch(request('first'));
    expect(branchesOf(emulator, branchName(request('first')))).toEqual([]);
    await database.createBranch(request('first'));
  });

  it('uses the only database, or the one that is named', async () => {
    const { project, database, request, settings, context } = await setUp();
    project.databases = ['shop'];
    await database.createBranch(request('first'));
    project.databases = ['shop', 'neondb'];
    await database.createBranch(request('first'));
    project.databases = ['shop', 'ware\u001B[31mhouse'];
    await expect(refusal(database.createBranch(request('first')))).resolves.toBe(
      'The Neon branch has no database "neondb", but "shop", "warehouse". Set "database.database" to one of them.',
    );
    await createNeonDatabase({ ...settings, database: 'shop' }, context, PATIENCE).createBranch(request('first'));
  });

  it('takes project and key from the environment', async () => {
    const { emulator, request, context, settings } = await setUp();
    const { projectId, ...rest } = settings;
    const env = { ...context.env, NEON_PROJECT_ID: projectId! };
    const database = createNeonDatabase(rest, { ...context, env }, PATIENCE);
    await database.createBranch(request('first'));
    expect(count(emulator, 'createProjectBranch')).toBe(1);
  });

  it('goes to a loopback API past the proxy of the environment', async () => {
    const { database, request } = await setUp();
    process.env['HTTP_PROXY'] = 'http://127.0.0.1:9';
    try {
      await expect(database.createBranch(request('first'))).resolves.not.toBeNull();
    } finally {
      delete process.env['HTTP_PROXY'];
    }
  });
});

describe('many worktrees at the same time', () => {
  const count = process.env['NX_FLEET_TEST_ALL'] === '1' ? 20 : 6;

  it('get a branch each, though Neon locks the project while it works', async () => {
    const { emulator, database, request } = await setUp({
      options: { isExclusive: true, branchLimit: 100 },
      patience: { busyMs: 90_000, readyMs: 90_000 },
    });
    const names = Array.from({ length: count }, (_, index) => `number-${index}`);
    const branches = await Promise.all(names.map((name) => database.createBranch(request(name))));
    expect(new Set(branches.map((branch) => branch?.variables['DATABASE_URL'])).size).toBe(count);
    expect(emulator.project.branches.size).toBe(count + 1);
  }, 120_000);

  it('of one name get one branch', async () => {
    const { emulator, database, request } = await setUp({ options: { isExclusive: true } });
    const branches = await Promise.all(Array.from({ length: count }, () => database.createBranch(request('first'))));
    for (const branch of branches) expect(branch).toEqual(branches[0]);
    expect(branchesOf(emulator, branchName(request('first')))).toHaveLength(1);
  });

  it('made again get one fresh branch in place of the one that an earlier worktree left', async () => {
    const { emulator, database, request } = await setUp();
    const left = await database.createBranch(request('first'));
    await probe.mark(left!);
    const again = { ...request('first'), generation: 'b2b2b2b2' };
    const branches = await Promise.all(Array.from({ length: 5 }, () => database.createBranch(again)));
    for (const branch of branches) expect(branch).toEqual(branches[0]);
    await expect(probe.isMarked(branches[0]!)).resolves.toBe(false);
    expect(branchesOf(emulator, branchName(again))).toHaveLength(1);
  });
});
