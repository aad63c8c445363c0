import { inspect, types } from 'node:util';
import { UserError, type DatabaseBranch, type DatabaseBranchRequest, type DatabaseSettings } from '@nx-fleet/core';
import { Client } from 'pg';
import { branchName } from '../branch-name.js';
import { describeOutsideDatabase, type DatabaseProbe } from '../database.contract.js';
import { createSpawnedCommands } from '../spawn-commands.contract.js';
import { startNeonEmulator, type NeonEmulator, type NeonEmulatorOptions } from '../testing/neon-emulator.js';
import type { EmulatedBranch } from '../testing/neon-project.js';
import { startPostgresCluster, type PostgresCluster } from '../testing/postgres-cluster.js';
import { createNeonDatabase } from './neon-database.js';
import type { Patience } from './patience.js';

import.meta.jest.setTimeout(60_000);

let cluster: PostgresCluster;
const emulators: NeonEmulator[] = [];

beforeAll(async () => {
  cluster = await startPostgresCluster();
});
afterEach(async () => {
  for (const emulator of emulators.splice(0)) {
    await emulator.stop();
    expect(emulator.violations).toEqual([]);
  }
});
afterAll(() => cluster.stop());

const PATIENCE: Patience = {
  answerMs: 5_000,
  busyMs: 20_000,
  readyMs: 20_000,
  failedMs: 2_000,
  firstPauseMs: 10,
  longestPauseMs: 100,
  longestPollMs: 50,
  unansweredTries: 4,
};

type NeonSettings = Extract<DatabaseSettings, { type: 'neon' }>;

interface SetUp {
  readonly options?: NeonEmulatorOptions;
  readonly settings?: Partial<NeonSettings>;
  readonly patience?: Partial<Patience>;
  readonly env?: Readonly<Record<string, string>>;
}

async function setUp({ options, settings, patience, env }: SetUp = {}) {
  const emulator = await startNeonEmulator(cluster, options);
  emulators.push(emulator);
  const all: NeonSettings = {
    type: 'neon',
    projectId: emulator.project.id,
    expiresInDays: 7,
    variable: 'DATABASE_URL',
    directVariable: 'DIRECT_URL',
    apiUrl: emulator.apiUrl,
    ...settings,
  };
  const context = { commands: createSpawnedCommands(), env: { NEON_API_KEY: emulator.key, ...env } };
  const database = createNeonDatabase(all, context, { ...PATIENCE, ...patience });
  const progress: string[] = [];
  const request = (worktree: string): DatabaseBranchRequest => ({
    repository: 'shop',
    clone: 'c10ec10e',
    project: `issue-${worktree}`,
    incarnation: 'a1a1a1a1',
    mainWorktree: '/nowhere',
    worktree: `/nowhere/${worktree}`,
    onProgress: (line) => progress.push(line),
  });
  const branch = (): EmulatedBranch => branchesOf(emulator, branchName(request('first')))[0]!;
  return { emulator, project: emulator.project, database, request, progress, branch, settings: all, context };
}

function branchesOf(emulator: NeonEmulator, name: string): readonly EmulatedBranch[] {
  return [...emulator.project.branches.values()].filter((branch) => branch.name === name);
}

function count(emulator: NeonEmulator, operation: string): number {
  return emulator.calls.filter((call) => call === operation).length;
}

async function waitUntil(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function query(url: string, text: string): Promise<readonly unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

const probe: DatabaseProbe = {
  mark: async ({ variables }) => void (await query(variables['DIRECT_URL']!, 'CREATE TABLE mark (text text)')),
  isMarked: async ({ variables }) =>
    (await query(variables['DATABASE_URL']!, "SELECT 1 FROM pg_tables WHERE tablename = 'mark'")).length > 0,
};

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  const error: unknown = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  // Node's own AbortError is of another realm than the tests' Error.
  expect(types.isNativeError(error)).toBe(true);
  return error as Error;
}

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await failureOf(promise);
  expect(error).toBeInstanceOf(UserError);
  expect(error.message).not.toContain('\n');
  return error.message;
}

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
      annotation: { tool: 'nx-fleet', clone: 'c10ec10e', project: 'issue-first', incarnation: 'a1a1a1a1' },
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
        incarnation: 'a1a1a1a1',
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
    const again = { ...request('first'), incarnation: 'b2b2b2b2' };
    const branches = await Promise.all(Array.from({ length: 5 }, () => database.createBranch(again)));
    for (const branch of branches) expect(branch).toEqual(branches[0]);
    await expect(probe.isMarked(branches[0]!)).resolves.toBe(false);
    expect(branchesOf(emulator, branchName(again))).toHaveLength(1);
  });
});

describe('when Neon is in trouble', () => {
  it.each([423, 503])('any call is tried again after %d', async (status) => {
    const { emulator, database, request } = await setUp();
    for (const operation of [
      'createProjectBranch',
      'listProjectBranches',
      'getProjectOperation',
      'getConnectionURI',
      'restoreProjectBranch',
      'deleteProjectBranch',
    ]) {
      emulator.fail({ operation, how: status, times: 3 });
    }
    await database.createBranch(request('first'));
    await database.resetBranch(request('first'));
    await database.removeBranch(request('first'));
    expect(count(emulator, 'createProjectBranch')).toBe(4);
    expect(emulator.project.branches.size).toBe(1);
  });

  it.each(['1', () => new Date(Date.now() + 2_000).toUTCString()])(
    'a call waits for the time that Retry-After names (%s)',
    async (header) => {
      const { emulator, database, request } = await setUp();
      const after = typeof header === 'string' ? header : header();
      emulator.fail({ operation: 'createProjectBranch', how: 429, headers: { 'retry-after': after } });
      const start = Date.now();
      await database.createBranch(request('first'));
      expect(Date.now() - start).toBeGreaterThanOrEqual(950);
      expect(count(emulator, 'createProjectBranch')).toBe(2);
    },
  );

  it('a time that is too long to wait is told at once', async () => {
    const { emulator, database, request } = await setUp();
    emulator.fail({ operation: 'createProjectBranch', how: 429, headers: { 'retry-after': '3600' } });
    await expect(refusal(database.createBranch(request('first')))).resolves.toMatch(/^Neon answered 429 .* Run this again later/);
    expect(count(emulator, 'createProjectBranch')).toBe(1);
  });

  it.each(['lost', 'late'] as const)('a creation whose answer is %s is found by its name, and not sent again', async (how) => {
    const { emulator, database, request } = await setUp({ patience: { answerMs: 700 } });
    emulator.fail({ operation: 'createProjectBranch', how });
    await expect(database.createBranch(request('first'))).resolves.not.toBeNull();
    expect(count(emulator, 'createProjectBranch')).toBe(1);
    expect(emulator.project.branches.size).toBe(2);
  });

  it.each(['dropped', 500, 502, 504] as const)(
    'a creation that took no effect (%s) is sent again once the name was looked for',
    async (how) => {
      const { emulator, database, request } = await setUp();
      emulator.fail({ operation: 'createProjectBranch', how, times: 2 });
      await expect(database.createBranch(request('first'))).resolves.not.toBeNull();
      const sent = emulator.calls.filter((call) => ['createProjectBranch', 'listProjectBranches'].includes(call));
      expect(sent).toEqual(Array.from({ length: 3 }, () => ['listProjectBranches', 'createProjectBranch']).flat());
    },
  );

  it('a creation whose answer was lost is not taken for a stranger’s that came first', async () => {
    const { emulator, project, database, request } = await setUp();
    emulator.fail({ operation: 'createProjectBranch', how: 'dropped' });
    emulator.fail({ operation: 'countProjectBranches', how: 503 });
    const creating = failureOf(database.createBranch(request('first')));
    project.add({ name: branchName(request('first')), parentId: emulator.main.id, annotation: null, expiresAt: null });
    expect((await creating).message).toContain('was not made for this worktree');
    expect(branchesOf(emulator, branchName(request('first')))).toHaveLength(1);
  });

  it('a reset whose answer is lost is seen, and not done twice', async () => {
    const { emulator, database, request } = await setUp();
    const made = await database.createBranch(request('first'));
    await probe.mark(made!);
    emulator.fail({ operation: 'restoreProjectBranch', how: 'lost' });
    await database.resetBranch(request('first'));
    await expect(probe.isMarked(made!)).resolves.toBe(false);
    expect(count(emulator, 'restoreProjectBranch')).toBe(1);
  });

  it('a reset that took no effect is sent again', async () => {
    const { emulator, database, request } = await setUp();
    const made = await database.createBranch(request('first'));
    await probe.mark(made!);
    emulator.fail({ operation: 'restoreProjectBranch', how: 'dropped', times: 2 });
    await database.resetBranch(request('first'));
    await expect(probe.isMarked(made!)).resolves.toBe(false);
    expect(count(emulator, 'restoreProjectBranch')).toBe(3);
  });

  it.each(['lost', 'dropped', 'late'] as const)('a removal whose answer is %s is finished', async (how) => {
    const { emulator, database, request } = await setUp({ patience: { answerMs: 700 } });
    await database.createBranch(request('first'));
    emulator.fail({ operation: 'deleteProjectBranch', how });
    await database.removeBranch(request('first'));
    await waitUntil(() => !emulator.project.isBusy(null));
    expect(emulator.project.branches.size).toBe(1);
  });

  it('reads are tried again, but not for ever', async () => {
    const { emulator, database, request } = await setUp();
    emulator.fail({ operation: 'listProjectBranches', how: 'dropped', times: 3 });
    await database.createBranch(request('first'));
    emulator.fail({ operation: 'listProjectBranches', how: 'dropped', times: 100 });
    await expect(refusal(database.createBranch(request('first')))).resolves.toMatch(
      /^Neon gave no answer \(ECONNRESET\)\. Check that "127\.0\.0\.1:\d+"/,
    );
    expect(count(emulator, 'listProjectBranches')).toBe(8);
  });

  it('what is killed or cancelled half-way is finished by the same call', async () => {
    const { emulator, project, database, request } = await setUp();
    project.operationMs = 200;
    const controller = new AbortController();
    const cancelled = failureOf(database.createBranch({ ...request('first'), signal: controller.signal }));
    await waitUntil(() => project.branches.size === 2);
    controller.abort(new Error('Cancelled by the test'));
    await cancelled;
    await expect(database.createBranch(request('first'))).resolves.not.toBeNull();
    expect(count(emulator, 'createProjectBranch')).toBe(1);
  });

  it('an operation that never ends is told of after a while', async () => {
    const { project, database, request } = await setUp({ patience: { readyMs: 300 } });
    project.operationMs = 1_000;
    await expect(refusal(database.createBranch(request('first')))).resolves.toMatch(
      /^Neon is slow: after 1 s its operation "create_timeline" is still "running"\. Run this again/,
    );
  });

  it('an operation that stays failed ends the wait', async () => {
    const { project, database, request } = await setUp({ patience: { failedMs: 100 } });
    project.failures = 20;
    expect((await failureOf(database.createBranch(request('first')))).message).toMatch(
      /operation "create_timeline" \(.*\) ended as "failed"/,
    );
  });
});

describe('Neon refuses', () => {
  it('a branch too many: the error counts them, and says what helps', async () => {
    const { emulator, database, request, progress } = await setUp({ options: { branchLimit: 3 } });
    await database.createBranch(request('first'));
    await emulator.project.addRoot('other');
    await expect(refusal(database.createBranch(request('second')))).resolves.toBe(
      'Neon answered 422 "branches limit exceeded" (MADE_UP_422, request made-up-request). The project has 3 branches of 3, 1 of them made here. Remove worktrees or branches that are not needed, or choose a larger plan; then run this again.',
    );
    expect(progress).toContain('The Neon project has 3 branches, of 3 that its plan includes');
    await expect(database.createBranch(request('first'))).resolves.not.toBeNull();
  });

  it('what it cannot process for another reason', async () => {
    const { emulator, database, request } = await setUp();
    emulator.fail({ operation: 'createProjectBranch', how: 422 });
    await expect(refusal(database.createBranch(request('first')))).resolves.toMatch(
      /^Neon answered 422 .* Fix what it reports, and run this again\.$/,
    );
  });

  it('to remove or reset a branch that has children', async () => {
    const { project, database, request, branch } = await setUp();
    await database.createBranch(request('first'));
    project.add({ name: 'child', parentId: branch().id, annotation: null, expiresAt: null });
    await expect(refusal(database.removeBranch(request('first')))).resolves.toContain('"cannot delete a branch that has children"');
    await expect(refusal(database.resetBranch(request('first')))).resolves.toContain('"preserve_under_name is required"');
  });

  it('a parent that is not there', async () => {
    const { database, request } = await setUp({ settings: { parent: 'mai' } });
    const text = 'The Neon project has no branch "mai". Set "database.parent" to the name or id of one.';
    await expect(refusal(database.createBranch(request('first')))).resolves.toBe(text);
  });

  it('a role that is not there', async () => {
    const { database, request } = await setUp({ settings: { role: 'nobody' } });
    await expect(refusal(database.createBranch(request('first')))).resolves.toMatch(/^Neon answered 404 "role not found"/);
  });
});

describe('an error of the Neon provider never holds the key or a password', () => {
  const calls = [
    'listProjectBranches',
    'createProjectBranch',
    'getProjectOperation',
    'getProjectBranch',
    'listProjectBranchDatabases',
    'getConnectionURI',
  ];

  it.each(calls)('when %s fails', async (operation) => {
    const { emulator, database, request } = await setUp({ patience: { unansweredTries: 1 } });
    for (const how of [401, 403, 418, 500, 'dropped'] as const) {
      emulator.fail({ operation, how, times: 1000 });
      const error = await failureOf(database.createBranch(request(`first-${how}`)));
      expectNoSecret(error, emulator);
      expect(error.message).toMatch(/^Neon (answered \d+|gave no answer)/);
      emulator.mend();
    }
  });

  it('when the database gives no answer', async () => {
    const { emulator, project, database, request, settings, context } = await setUp();
    const made = await database.createBranch(request('first'));
    await project.query('postgres', ...[...project.branches.values()].map(({ role }) => `ALTER ROLE "${role}" PASSWORD 'another one'`));
    const impatient = createNeonDatabase(settings, context, { ...PATIENCE, readyMs: 1 });
    const error = await failureOf(impatient.createBranch(request('first')));
    expect(error.message).toMatch(/^The Neon branch is there, but its database at "127\.0\.0\.1:\d+" gives no answer \(28P01\)/);
    expectNoSecret(error, emulator, made);
  });

  it('when an answer is not as the API says', async () => {
    const { emulator, project, database, request } = await setUp();
    project.uri = () => 'postgres://user:made-up-password@';
    const error = await failureOf(database.createBranch(request('first')));
    expect(error.message).toBe('An answer of Neon is not as its API says: uri');
    expectNoSecret(error, emulator);
  });

  it('when its host cannot be reached, or the call is cancelled', async () => {
    const { emulator, settings, context, request } = await setUp();
    const gone = createNeonDatabase({ ...settings, apiUrl: 'http://127.0.0.1:9/api/v2' }, context, PATIENCE);
    const error = await failureOf(gone.createBranch(request('first')));
    expect(error.message).toContain('ECONNREFUSED');
    expectNoSecret(error, emulator);
    const database = createNeonDatabase(settings, context, PATIENCE);
    const cancelled = database.createBranch({ ...request('first'), signal: AbortSignal.abort(new Error('Cancelled by the test')) });
    expectNoSecret(await failureOf(cancelled), emulator);
  });

  function expectNoSecret(error: Error, { key, project }: NeonEmulator, branch: DatabaseBranch | null = null): void {
    const passwords = [...project.branches.values()].flatMap(({ password }) => [password, encodeURIComponent(password)]);
    const texts = [inspect(error, { depth: Infinity, showHidden: true }), JSON.stringify(error), String(error), error.stack ?? ''];
    for (const secret of [key, 'Bearer napi', 'made-up-password', ...passwords, ...Object.values(branch?.variables ?? {})]) {
      for (const text of texts) expect(text).not.toContain(secret);
    }
  }
});
