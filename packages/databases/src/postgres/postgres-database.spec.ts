import { describeOutsideDatabase } from '../database.contract.js';
import { branchName } from '../ownership.js';
import { createSpawnedCommands } from '../spawn-commands.contract.js';
import { startPostgresCluster, type PostgresCluster } from '../testing/postgres-cluster.js';
import { createPostgresDatabase } from './postgres-database.js';
import { branchRequest, createSourceDatabase, postgresProbe, postgresSettings, removeDatabases, runSql } from './postgres.fixture.js';

let cluster: PostgresCluster;

beforeAll(async () => {
  cluster = await startPostgresCluster();
  await runSql(cluster.url('postgres'), `CREATE ROLE app LOGIN CREATEDB PASSWORD 'app-password'`);
}, 60_000);
afterEach(() => removeDatabases(cluster));
afterAll(() => cluster.stop());

const makeAs = (role: 'postgres' | 'app') => async () => {
  await createSourceDatabase(cluster, 'shop', role);
  const url = role === 'postgres' ? cluster.url('shop') : `postgresql://app:app-password@127.0.0.1:${cluster.port}/shop`;
  const context = { commands: createSpawnedCommands(), env: { DATABASE_URL: url } };
  return {
    database: createPostgresDatabase(postgresSettings(), context),
    request: (worktree: 'first' | 'second') => branchRequest({ project: worktree === 'first' ? 'issue-1' : 'issue-2' }),
    readOriginal: () => runSql(cluster.url('shop'), `SELECT word FROM greetings ORDER BY word`),
    probe: postgresProbe,
    strangers: {
      takeName: async (request: ReturnType<typeof branchRequest>) => {
        await runSql(cluster.url('postgres'), `CREATE DATABASE "${branchName(request)}"`);
        await runSql(cluster.url(branchName(request)), `CREATE TABLE theirs AS SELECT 1 AS value`);
      },
      isUntouched: async (request: ReturnType<typeof branchRequest>) =>
        (await runSql(cluster.url(branchName(request)), `SELECT value FROM theirs`)).length === 1,
    },
  };
};

// The other specs are a superuser's.
if (process.env['NX_FLEET_TEST_ALL'] === '1') describeOutsideDatabase('PostgreSQL, as a superuser,', makeAs('postgres'));
describeOutsideDatabase('PostgreSQL, as the role that owns the source,', makeAs('app'));
