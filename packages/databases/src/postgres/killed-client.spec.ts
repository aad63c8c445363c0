import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, DatabaseBranch } from '@nx-fleet/core';
import { createSpawnedCommands } from '../spawn-commands.contract.js';
import { startPostgresCluster, type PostgresCluster } from '../testing/postgres-cluster.js';
import { startSourceProcess } from '../testing/source-process.js';
import { createPostgresDatabase } from './postgres-database.js';
import {
  branchRequest,
  createSourceDatabase,
  databaseNames,
  postgresProbe,
  postgresSettings,
  removeDatabases,
  runSql,
  urlIn,
} from './postgres.fixture.js';

const CALLER = `
import { createPostgresDatabase } from source('postgres/postgres-database');
const [verb, settings, env, request] = process.argv.slice(1).map((text) => JSON.parse(text));
const database = createPostgresDatabase(settings, { env, commands: { run: () => Promise.reject(new Error('not here')) } });
const onProgress = () => {};
process.stdout.write('started');
if (verb === 'refreshSource') await database.refreshSource(request, onProgress);
else await database[verb]({ ...request, onProgress });
process.stdout.write('ended');
`;
const TIMEOUT_MS = 120_000;
const KILL_ROUNDS = process.env['NX_FLEET_TEST_ALL'] === '1' ? 9 : 3;
const ROWS = 40_000;

let cluster: PostgresCluster;

beforeAll(async () => {
  cluster = await startPostgresCluster();
}, TIMEOUT_MS);
afterEach(() => removeDatabases(cluster));
afterAll(() => cluster.stop());

const environment = (): Record<string, string> => ({ DATABASE_URL: cluster.url('shop') });
const createDatabase = (): Database =>
  createPostgresDatabase(postgresSettings(), { env: environment(), commands: createSpawnedCommands() });

/** Big enough for a copy to take a while. */
async function createLargeSource(): Promise<void> {
  await createSourceDatabase(cluster, 'shop');
  await runSql(cluster.url('shop'), `CREATE TABLE filler AS SELECT repeat('x', 1000) AS text FROM generate_series(1, ${ROWS})`);
}

/** Starts a call in a process of its own, and kills that as soon as `when` says so. @returns whether it was killed before its end */
async function killWhen(call: { verb: keyof Database; generation?: string }, when: () => Promise<boolean>): Promise<boolean> {
  const request = branchRequest(call.generation === undefined ? {} : { generation: call.generation });
  const texts = [call.verb, postgresSettings(), environment(), request].map((value) => JSON.stringify(value));
  const child = startSourceProcess(CALLER, texts);
  const exited = once(child, 'exit');
  await once(child.stdout ?? child, 'data');
  while (child.exitCode === null && !(await when())) {
    await sleep(2);
  }
  child.kill('SIGKILL');
  const [, signal] = (await exited) as [number | null, string | null];
  return signal === 'SIGKILL';
}

const isAt = (statement: string) => async (): Promise<boolean> => {
  const running = `SELECT FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '${statement}%'`;
  return (await runSql(cluster.url('postgres'), running)).length > 0;
};

async function expectWholeBranch(branch: DatabaseBranch | null): Promise<void> {
  await expect(runSql(urlIn(branch), 'SELECT count(*)::int AS rows FROM filler')).resolves.toEqual([{ rows: ROWS }]);
}

describe('a client that is killed', () => {
  it(
    'while it copies a branch leaves what the same call replaces, and lists nothing until then',
    async () => {
      await createLargeSource();
      const database = createDatabase();
      await database.refreshSource(branchRequest(), () => {});
      await expect(killWhen({ verb: 'createBranch' }, isAt('CREATE DATABASE'))).resolves.toBe(true);
      await expect(database.listBranches(branchRequest())).resolves.toEqual([]);
      await expectWholeBranch(await database.createBranch(branchRequest()));
      await expect(databaseNames(cluster)).resolves.toEqual(['shop', 'shop_issue_1_c10e0001', 'snapshot']);
    },
    TIMEOUT_MS,
  );

  it(
    'while it copies a branch leaves nothing that a removal does not take away',
    async () => {
      await createLargeSource();
      const database = createDatabase();
      await database.refreshSource(branchRequest(), () => {});
      await expect(killWhen({ verb: 'createBranch' }, isAt('CREATE DATABASE'))).resolves.toBe(true);
      await database.removeBranch(branchRequest());
      await expect(databaseNames(cluster)).resolves.toEqual(['shop', 'snapshot']);
    },
    TIMEOUT_MS,
  );

  it(
    'while it copies a branch leaves nothing that the next branch of the clone does not sweep',
    async () => {
      await createLargeSource();
      const database = createDatabase();
      await database.refreshSource(branchRequest(), () => {});
      await expect(killWhen({ verb: 'createBranch' }, isAt('CREATE DATABASE'))).resolves.toBe(true);
      while (await isAt('CREATE DATABASE')()) {
        await sleep(10);
      }
      await database.createBranch(branchRequest({ project: 'issue-2' }));
      await expect(databaseNames(cluster)).resolves.toEqual(['shop', 'shop_issue_2_c10e0001', 'snapshot']);
    },
    TIMEOUT_MS,
  );

  it(
    'while it takes a snapshot leaves the old one in use, or none',
    async () => {
      await createLargeSource();
      const database = createDatabase();
      await expect(killWhen({ verb: 'refreshSource' }, isAt('CREATE DATABASE'))).resolves.toBe(true);
      await expectWholeBranch(await database.createBranch(branchRequest()));
      await expect(killWhen({ verb: 'refreshSource' }, isAt('CREATE DATABASE'))).resolves.toBe(true);
      await expectWholeBranch(await database.resetBranch(branchRequest()));
      await database.refreshSource(branchRequest(), () => {});
      await expect(databaseNames(cluster)).resolves.toEqual(['shop', 'shop_issue_1_c10e0001', 'snapshot']);
    },
    TIMEOUT_MS,
  );

  it(
    'at any moment leaves what the next call makes whole',
    async () => {
      await createLargeSource();
      const database = createDatabase();
      await postgresProbe.mark((await database.createBranch(branchRequest())) as DatabaseBranch);
      for (let round = 0; round < KILL_ROUNDS; round += 1) {
        const verb = (['resetBranch', 'refreshSource', 'createBranch'] as const)[round % 3] ?? 'createBranch';
        const killAt = Date.now() + Math.random() * 500;
        await killWhen({ verb, generation: `round-${round}` }, async () => Date.now() > killAt);
        const branch = await database.createBranch(branchRequest({ generation: `after-${round}` }));
        await expectWholeBranch(branch);
        await expect(database.listBranches(branchRequest())).resolves.toEqual([
          { project: 'issue-1', generation: `after-${round}`, name: 'shop_issue_1_c10e0001' },
        ]);
      }
      await database.refreshSource(branchRequest(), () => {});
      await expect(databaseNames(cluster)).resolves.toEqual(['shop', 'shop_issue_1_c10e0001', 'snapshot']);
    },
    TIMEOUT_MS,
  );
});
