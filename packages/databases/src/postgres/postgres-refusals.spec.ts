import { inspect } from 'node:util';
import { UserError, type Database } from '@nx-fleet/core';
import { createSpawnedCommands } from '../spawn-commands.contract.js';
import { CLUSTER_PASSWORD, startPostgresCluster, type PostgresCluster } from '../testing/postgres-cluster.js';
import { createPostgresDatabase } from './postgres-database.js';
import { branchRequest, createSourceDatabase, postgresSettings, removeDatabases, runSql, urlIn } from './postgres.fixture.js';
import { snapshotName } from './snapshot.js';
import { requireSource } from './source-url.js';

let cluster: PostgresCluster;

beforeAll(async () => {
  cluster = await startPostgresCluster();
}, 60_000);
afterEach(() => removeDatabases(cluster));
afterAll(() => cluster.stop());

const createDatabase = (url = cluster.url('shop')): Database =>
  createPostgresDatabase(postgresSettings(), { commands: createSpawnedCommands(), env: url === '' ? {} : { DATABASE_URL: url } });

async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  const seen = inspect(error, { depth: Infinity, showHidden: true });
  for (const secret of [CLUSTER_PASSWORD, encodeURIComponent(CLUSTER_PASSWORD), 'secret-word']) {
    expect(seen).not.toContain(secret);
  }
  expect((error as UserError).message).not.toContain('\n');
  return (error as UserError).message;
}

describe('a PostgreSQL database that cannot be had', () => {
  it('names the variable that is missing or holds something else', async () => {
    await expect(refusal(createDatabase('').createBranch(branchRequest()))).resolves.toContain('"DATABASE_URL" is not set');
    for (const url of [
      'mysql://root:secret-word@localhost/shop',
      'postgres://app:secret-word/x@localhost/shop',
      'secret-word',
      'postgres://h',
    ]) {
      await expect(refusal(createDatabase(url).createBranch(branchRequest()))).resolves.toContain(
        '"DATABASE_URL" is not the URL of a PostgreSQL database',
      );
    }
  });

  it('names server and code when nothing answers', async () => {
    const url = cluster.url('shop').replace(String(cluster.port), '1');
    const message = await refusal(createDatabase(url).createBranch(branchRequest()));
    expect(message).toMatch(
      /^PostgreSQL at "127\.0\.0\.1:1" does not answer \(connect ECONNREFUSED.*correct host and port in "DATABASE_URL"/,
    );
  });

  it('names user and code when the login is refused', async () => {
    const url = `postgresql://postgres:secret-word@127.0.0.1:${cluster.port}/shop`;
    for (const act of ['createBranch', 'resetBranch', 'removeBranch'] as const) {
      await expect(refusal(createDatabase(url)[act](branchRequest()))).resolves.toMatch(/does not let "postgres" in \(28P01\)/);
    }
  });

  it('names the source that does not exist', async () => {
    await expect(refusal(createDatabase().createBranch(branchRequest()))).resolves.toContain(
      'Database "shop" does not exist at "127.0.0.1:',
    );
  });

  it('takes no branch for the source', async () => {
    await createSourceDatabase(cluster, 'shop');
    const branch = await createDatabase().createBranch(branchRequest());
    const inLinkedWorktree = createDatabase(urlIn(branch));
    await expect(refusal(inLinkedWorktree.createBranch(branchRequest({ project: 'issue-2' })))).resolves.toContain(
      'points at the database branch of "issue-1"',
    );
    await expect(refusal(inLinkedWorktree.refreshSource(branchRequest(), () => {}))).resolves.toContain('branch of "issue-1"');
  });

  it('refuses a role that may not create databases', async () => {
    await createSourceDatabase(cluster, 'shop');
    await runSql(cluster.url('postgres'), `CREATE ROLE reader LOGIN PASSWORD 'secret-word'`);
    const url = `postgresql://reader:secret-word@127.0.0.1:${cluster.port}/shop`;
    await expect(refusal(createDatabase(url).createBranch(branchRequest()))).resolves.toContain('42501');
    await runSql(cluster.url('postgres'), `DROP ROLE reader`);
  });

  it('leaves a database alone that has the name of its snapshot', async () => {
    await createSourceDatabase(cluster, 'shop');
    const source = requireSource('DATABASE_URL', { DATABASE_URL: cluster.url('shop') });
    const name = snapshotName({ source, owner: branchRequest() });
    await runSql(cluster.url('postgres'), `CREATE DATABASE "${name}"`);
    await runSql(cluster.url(name), 'CREATE TABLE theirs (value int)');
    await expect(refusal(createDatabase().createBranch(branchRequest()))).resolves.toContain(`Database "${name}" is not ours`);
    await expect(refusal(createDatabase().refreshSource(branchRequest(), () => {}))).resolves.toContain('is not ours');
    await expect(runSql(cluster.url(name), 'SELECT value FROM theirs')).resolves.toEqual([]);
  });
});
