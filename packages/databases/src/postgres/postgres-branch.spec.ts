import type { Database } from '@nx-fleet/core';
import { Client } from 'pg';
import { branchName } from '../ownership.js';
import { createSpawnedCommands } from '../spawn-commands.contract.js';
import { startPostgresCluster, type PostgresCluster } from '../testing/postgres-cluster.js';
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
import { snapshotName } from './snapshot.js';
import { requireSource } from './source-url.js';

let cluster: PostgresCluster;

beforeAll(async () => {
  cluster = await startPostgresCluster();
}, 60_000);
afterEach(() => removeDatabases(cluster));
afterAll(() => cluster.stop());

const createDatabase = (url = cluster.url('shop')): Database =>
  createPostgresDatabase(postgresSettings(), { commands: createSpawnedCommands(), env: { DATABASE_URL: url } });

describe('PostgreSQL branches', () => {
  it('are twenty for twenty projects at the same time, from one snapshot', async () => {
    await createSourceDatabase(cluster, 'shop');
    const requests = Array.from({ length: 20 }, (_, index) => branchRequest({ project: `issue-${index}` }));
    const branches = await Promise.all(requests.map((request) => createDatabase().createBranch(request)));
    expect(new Set(branches.map(urlIn)).size).toBe(20);
    await expect(databaseNames(cluster)).resolves.toHaveLength(22);
    for (const branch of branches) {
      await expect(runSql(urlIn(branch), 'SELECT word FROM greetings')).resolves.toEqual([{ word: 'hello' }]);
    }
  }, 60_000);

  it('are one for twenty calls for the same project at the same time', async () => {
    await createSourceDatabase(cluster, 'shop');
    const lines: string[] = [];
    const request = branchRequest({ onProgress: (line) => lines.push(line) });
    const branches = await Promise.all(Array.from({ length: 20 }, () => createDatabase().createBranch(request)));
    expect(new Set(branches.map(urlIn)).size).toBe(1);
    expect(lines.filter((line) => line.startsWith('Created database'))).toHaveLength(1);
    await expect(databaseNames(cluster)).resolves.toEqual(['shop', 'shop_issue_1_c10e0001', 'snapshot']);
  }, 60_000);

  it('are created, reset and removed at the same time as the source is refreshed', async () => {
    await createSourceDatabase(cluster, 'shop');
    const database = createDatabase();
    const calls = Array.from({ length: 12 }, async (_, index) => {
      const request = branchRequest({ project: `issue-${index % 4}` });
      const verb = (['createBranch', 'resetBranch', 'removeBranch'] as const)[index % 3] ?? 'createBranch';
      return index % 5 === 4 ? database.refreshSource(request, () => {}) : database[verb](request);
    });
    await Promise.all(calls);
    for (let index = 0; index < 4; index += 1) {
      await database.removeBranch(branchRequest({ project: `issue-${index}` }));
    }
    await expect(databaseNames(cluster)).resolves.toEqual(['shop', 'snapshot']);
  }, 60_000);

  it('are copies of the source as it was when it was last refreshed', async () => {
    await createSourceDatabase(cluster, 'shop');
    const database = createDatabase();
    const first = await database.createBranch(branchRequest());
    await runSql(cluster.url('shop'), `UPDATE greetings SET word = 'later'`);
    const second = await database.createBranch(branchRequest({ project: 'issue-2' }));
    await expect(runSql(urlIn(second), 'SELECT word FROM greetings')).resolves.toEqual([{ word: 'hello' }]);
    await expect(database.refreshSource(branchRequest(), () => {})).resolves.toMatch(/^postgres snapshot shop_.* of shop at 127\.0\.0\.1:/);
    const reset = await database.resetBranch(branchRequest({ project: 'issue-2' }));
    await expect(runSql(urlIn(reset), 'SELECT word FROM greetings')).resolves.toEqual([{ word: 'later' }]);
    await expect(runSql(urlIn(first), 'SELECT word FROM greetings')).resolves.toEqual([{ word: 'hello' }]);
    await expect(databaseNames(cluster)).resolves.toEqual(['shop', 'shop_issue_1_c10e0001', 'shop_issue_2_c10e0001', 'snapshot']);
  });

  it('are made from a snapshot that nobody can connect to', async () => {
    await createSourceDatabase(cluster, 'shop');
    await createDatabase().createBranch(branchRequest());
    const source = requireSource('DATABASE_URL', { DATABASE_URL: cluster.url('shop') });
    const url = cluster.url(snapshotName({ source, owner: branchRequest() }));
    await expect(runSql(url, 'SELECT 1')).rejects.toMatchObject({ code: '55000' });
  });

  it('have a snapshot to be made from at every moment of a refresh', async () => {
    await createSourceDatabase(cluster, 'shop');
    const database = createDatabase();
    await database.refreshSource(branchRequest(), () => {});
    const observer = new Client({ connectionString: cluster.url('postgres') });
    await observer.connect();
    let refreshing = true;
    const observed = (async () => {
      const counts = new Set<unknown>();
      while (refreshing) {
        counts.add((await observer.query(`SELECT FROM pg_database WHERE datname LIKE '%tpl'`)).rowCount);
      }
      return [...counts];
    })();
    for (let round = 0; round < 8; round += 1) {
      await database.refreshSource(branchRequest(), () => {});
    }
    refreshing = false;
    await expect(observed).resolves.toEqual([1]);
    await observer.end();
  }, 30_000);

  it('have names within 63 bytes, whatever project and source are called', async () => {
    const name = 'größe ✓ "x" 100%';
    await createSourceDatabase(cluster, name);
    const database = createDatabase(`${cluster.url(name)}?sslmode=disable`);
    const projects = ['ausgabe-größe-日本語', 'ausgabe-größe-日本', '🚀', 'issue-'.padEnd(300, 'x'), 'issue-'.padEnd(299, 'x')];
    for (const project of projects) {
      const branch = await database.createBranch(branchRequest({ project }));
      await postgresProbe.mark(branch ?? { description: '', variables: {} });
      expect(urlIn(branch)).toMatch(/@127\.0\.0\.1:\d+\/[a-z0-9_]{1,63}\?sslmode=disable$/);
    }
    const listed = await database.listBranches(branchRequest());
    expect(new Set(listed.map(({ project }) => project))).toEqual(new Set(projects));
    for (const project of projects) {
      await database.removeBranch(branchRequest({ project }));
    }
    await expect(databaseNames(cluster)).resolves.toHaveLength(2);
  }, 60_000);

  it('are made anew when their removal was interrupted', async () => {
    await createSourceDatabase(cluster, 'shop');
    const database = createDatabase();
    await postgresProbe.mark((await database.createBranch(branchRequest())) ?? { description: '', variables: {} });
    // What PostgreSQL itself leaves when it is stopped within DROP DATABASE.
    const name = branchName(branchRequest());
    await runSql(cluster.url('postgres'), `UPDATE pg_database SET datconnlimit = -2 WHERE datname = '${name}'`);
    await expect(database.listBranches(branchRequest())).resolves.toHaveLength(1);
    const branch = await database.createBranch(branchRequest());
    await expect(runSql(urlIn(branch), 'SELECT word FROM greetings')).resolves.toEqual([{ word: 'hello' }]);
  });

  it('have the settings, rights, owner and comment of the source, and are open to nobody else', async () => {
    await createSourceDatabase(cluster, 'shop');
    const roles = ['keeper', 'app', 'stranger'].map((role) => `DROP ROLE IF EXISTS ${role}; CREATE ROLE ${role} LOGIN PASSWORD 'x'`);
    await runSql(cluster.url('postgres'), ...roles);
    await runSql(
      cluster.url('shop'),
      `ALTER DATABASE shop SET timezone = 'Asia/Tokyo'`,
      `ALTER DATABASE shop SET search_path = "$user", "a b", public`,
      `ALTER DATABASE shop SET my.option = 'it''s "x", $y'`,
      `ALTER ROLE app IN DATABASE shop SET statement_timeout = '5s'`,
      `REVOKE CONNECT ON DATABASE shop FROM PUBLIC`,
      `GRANT CONNECT ON DATABASE shop TO app WITH GRANT OPTION`,
      `ALTER DATABASE shop OWNER TO keeper`,
      `COMMENT ON DATABASE shop IS 'the shop'`,
    );
    const database = createDatabase();
    for (const act of ['createBranch', 'resetBranch'] as const) {
      const branch = await database[act](branchRequest());
      const facts = (name: string): Promise<readonly object[]> =>
        runSql(
          cluster.url('postgres'),
          `SELECT pg_get_userbyid(datdba) AS owner, datallowconn AS open, ARRAY(SELECT unnest(datacl)::text ORDER BY 1) AS acl,
             ARRAY(SELECT setrole::regrole::text || ' ' || setconfig::text FROM pg_db_role_setting WHERE setdatabase = d.oid ORDER BY 1) AS settings
           FROM pg_database d WHERE datname = '${name}'`,
        );
      expect(await facts(branchName(branchRequest()))).toEqual(await facts('shop'));
      await expect(runSql(urlIn(branch), 'SHOW timezone')).resolves.toEqual([{ TimeZone: 'Asia/Tokyo' }]);
      await expect(runSql(urlIn(branch), 'SHOW search_path')).resolves.toEqual([{ search_path: '"$user", "a b", public' }]);
      const as = (role: string): string => urlIn(branch).replace(/\/\/[^@]*@/, `//${role}:x@`);
      await expect(runSql(as('app'), 'SHOW statement_timeout')).resolves.toEqual([{ statement_timeout: '5s' }]);
      await expect(runSql(as('stranger'), 'SELECT 1')).rejects.toMatchObject({ code: '42501' });
      const [{ comment } = { comment: '' }] = await runSql<{ comment: string }>(
        urlIn(branch),
        `SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = current_database()`,
      );
      expect(JSON.parse(comment)).toMatchObject({ tool: 'nx-fleet', comment: 'the shop' });
    }
    await database.removeBranch(branchRequest());
    await removeDatabases(cluster);
    await runSql(cluster.url('postgres'), 'DROP ROLE keeper', 'DROP ROLE app', 'DROP ROLE stranger');
  }, 30_000);

  it('stay when something else than a session holds them, which is named with what ends it, and go later', async () => {
    await createSourceDatabase(cluster, 'shop');
    const database = createDatabase();
    const branch = await database.createBranch(branchRequest());
    await runSql(urlIn(branch), `SELECT pg_create_logical_replication_slot('idle', 'pgoutput')`);
    await runSql(urlIn(branch), 'BEGIN', `INSERT INTO greetings VALUES ('x')`, `PREPARE TRANSACTION 'it''s'`);
    for (const act of [database.removeBranch, database.resetBranch]) {
      await expect(act(branchRequest())).rejects.toMatchObject({
        name: 'UserError',
        message: expect.stringMatching(
          /^Database "shop_issue_1_c10e0001" cannot be dropped: it is in use by prepared transaction "it's"\. End that as a superuser \(in that database: ROLLBACK PREPARED 'it''s';\), then run this again\.$/,
        ) as string,
      });
    }
    await expect(databaseNames(cluster)).resolves.toEqual(['shop', 'shop_issue_1_c10e0001', 'snapshot']);
    await runSql(urlIn(branch), `ROLLBACK PREPARED 'it''s'`);
    await database.removeBranch(branchRequest());
    await expect(databaseNames(cluster)).resolves.toEqual(['shop', 'snapshot']);
  }, 30_000);

  it('are listed with what a killed command left unfinished, which a removal takes with it', async () => {
    await createSourceDatabase(cluster, 'shop');
    await runSql(cluster.url('postgres'), 'CREATE DATABASE nx_fleet_new_c10e0001_0123456789ab');
    const database = createDatabase();
    const [left] = await database.listBranches(branchRequest());
    expect(left).toEqual({ project: 'nx_fleet_new_c10e0001_0123456789ab', generation: '', name: 'nx_fleet_new_c10e0001_0123456789ab' });
    await database.removeBranch({ ...branchRequest(), project: left?.project ?? '', onlyGeneration: '' });
    await expect(databaseNames(cluster)).resolves.toEqual(['shop']);
  });

  it('are removed with the sessions on them', async () => {
    await createSourceDatabase(cluster, 'shop');
    const database = createDatabase();
    const branch = await database.createBranch(branchRequest());
    const session = runSql(urlIn(branch), 'SELECT pg_sleep(60)').catch((error: unknown) => error);
    await database.removeBranch(branchRequest());
    await expect(session).resolves.toBeInstanceOf(Error);
    await expect(databaseNames(cluster)).resolves.toEqual(['shop', 'snapshot']);
  });

  it('are left to the next call when one is called off', async () => {
    await createSourceDatabase(cluster, 'shop');
    await runSql(cluster.url('shop'), `CREATE TABLE filler AS SELECT repeat('x', 1000) AS text FROM generate_series(1, 20000)`);
    const database = createDatabase();
    for (const line of ['Taking a snapshot', 'Copying the snapshot']) {
      const abort = new AbortController();
      const onProgress = (text: string): void => void (text.startsWith(line) && setTimeout(() => abort.abort(), 5));
      await expect(database.createBranch(branchRequest({ signal: abort.signal, onProgress }))).rejects.toMatchObject({
        name: 'AbortError',
      });
    }
    await database.createBranch(branchRequest());
    await expect(databaseNames(cluster)).resolves.toEqual(['shop', 'shop_issue_1_c10e0001', 'snapshot']);
  }, 30_000);
});
