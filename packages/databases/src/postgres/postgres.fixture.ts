import { tmpdir } from 'node:os';
import type { DatabaseBranch, DatabaseBranchRequest, DatabaseSettings } from '@nx-fleet/core';
import { settingsSchema } from '@nx-fleet/core';
import { Client, escapeIdentifier, type QueryResultRow } from 'pg';
import type { DatabaseProbe } from '../database.contract.js';
import type { PostgresCluster } from '../testing/postgres-cluster.js';

/** Runs statements in one database, in a session of their own. */
export async function runSql<Row extends QueryResultRow = QueryResultRow>(
  url: string,
  ...statements: readonly string[]
): Promise<readonly Row[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    let rows: readonly Row[] = [];
    for (const statement of statements) {
      ({ rows } = await client.query<Row>(statement));
    }
    return rows;
  } finally {
    await client.end();
  }
}

export function postgresSettings(more: { endSessions?: boolean } = {}): Extract<DatabaseSettings, { type: 'postgres' }> {
  const { database } = settingsSchema.parse({ database: { type: 'postgres', ...more } });
  if (database.type !== 'postgres') {
    throw new Error('These settings are of another type.');
  }
  return database;
}

export function urlIn(branch: DatabaseBranch | null): string {
  return branch?.variables['DATABASE_URL'] ?? '';
}

export const postgresProbe: DatabaseProbe = {
  mark: async (branch) => {
    await runSql(urlIn(branch), `INSERT INTO greetings VALUES ('marked')`);
  },
  isMarked: async (branch) => (await runSql(urlIn(branch), `SELECT FROM greetings WHERE word = 'marked'`)).length > 0,
};

/** Makes a database with one table and row. */
export async function createSourceDatabase(cluster: PostgresCluster, name: string, owner = 'postgres'): Promise<void> {
  await runSql(cluster.url('postgres'), `CREATE DATABASE ${escapeIdentifier(name)} OWNER "${owner}"`);
  await runSql(cluster.url(name), `CREATE TABLE greetings (word text)`, `INSERT INTO greetings VALUES ('hello')`);
  await runSql(cluster.url(name), `ALTER TABLE greetings OWNER TO "${owner}"`);
}

/** Removes all databases but the server's own, so that the next test starts with none. */
export async function removeDatabases(cluster: PostgresCluster): Promise<void> {
  const rows = await runSql<{ datname: string }>(
    cluster.url('postgres'),
    `SELECT datname FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1')`,
  );
  for (const { datname } of rows) {
    await runSql(
      cluster.url('postgres'),
      `ALTER DATABASE ${escapeIdentifier(datname)} IS_TEMPLATE false`,
      `DROP DATABASE ${escapeIdentifier(datname)} WITH (FORCE)`,
    );
  }
}

/** All databases but the server's own; a snapshot is called `snapshot` here. */
export async function databaseNames(cluster: PostgresCluster): Promise<readonly string[]> {
  const rows = await runSql<{ datname: string }>(
    cluster.url('postgres'),
    `SELECT datname FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1')`,
  );
  return rows.map(({ datname }) => datname.replace(/^.*__nx_fleet_tpl$/, 'snapshot')).sort();
}

export function branchRequest(more: Partial<DatabaseBranchRequest> = {}): DatabaseBranchRequest {
  return {
    repository: 'shop',
    clone: 'c10e0001',
    mainWorktree: tmpdir(),
    project: 'issue-1',
    generation: 'a1a1a1a1',
    worktree: import.meta.dirname,
    onProgress: () => {},
    ...more,
  };
}
