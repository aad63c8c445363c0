import { access, chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { UserError, type Database, type ScratchFolders } from '@nx-fleet/core';
import { Client } from 'pg';
import { createSpawnedCommands } from '../spawn-commands.contract.js';
import { createTemporaryFolder, removeTemporaryFolders } from '../temporary-folder.contract.js';
import { CLUSTER_PASSWORD, startPostgresCluster, type PostgresCluster } from '../testing/postgres-cluster.js';
import { createPostgresDatabase } from './postgres-database.js';
import {
  branchRequest,
  createSourceDatabase,
  databaseNames,
  postgresSettings,
  removeDatabases,
  runSql,
  urlIn,
} from './postgres.fixture.js';

/** Stands for both programs: keeps the words of the one table, and writes down how it was called. */
const programText = (name: string): string => `#!${process.execPath}
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs');
const { Client } = require(${JSON.stringify(createRequire(import.meta.url).resolve('pg'))});
const args = process.argv.slice(2);
appendFileSync(__dirname + '/calls', JSON.stringify({ name: '${name}', args, env: process.env }) + '\\n');
const client = new Client();
client.connect().then(async () => {
  if ('${name}' === 'pg_dump') {
    const { rows } = await client.query('SELECT word FROM greetings');
    writeFileSync(args.find((arg) => arg.startsWith('--file=')).slice(7), JSON.stringify(rows));
  } else {
    await client.query('CREATE TABLE greetings (word text)');
    for (const { word } of JSON.parse(readFileSync(args.at(-1), 'utf8'))) await client.query('INSERT INTO greetings VALUES ($1)', [word]);
  }
  await client.end();
});
`;
const FAILING = `#!${process.execPath}
console.error('pg_dump: error: connection as "' + process.env.PGUSER + ':' + process.env.PGPASSWORD + '" failed\\npg_dump: detail: \\u001b[31mserver version: 18');
process.exit(1);
`;

let cluster: PostgresCluster;
let holder: Client;
let ended: Promise<void>;

beforeAll(async () => {
  cluster = await startPostgresCluster();
  await runSql(cluster.url('postgres'), `CREATE ROLE visitor LOGIN CREATEDB PASSWORD 'visitor-password'`);
}, 60_000);

beforeEach(async () => {
  await createSourceDatabase(cluster, 'shop');
  holder = new Client({ connectionString: cluster.url('shop'), application_name: 'shop-server' });
  ended = new Promise((resolve) => {
    holder.on('error', () => {});
    holder.on('end', resolve);
  });
  await holder.connect();
});

afterEach(async () => {
  await holder.end();
  await removeDatabases(cluster);
  await removeTemporaryFolders();
});
afterAll(() => cluster.stop());

interface Setting {
  readonly path?: string;
  readonly endSessions?: boolean;
  readonly url?: string;
  readonly scratch?: ScratchFolders;
}

function createDatabase({ path = '/nowhere', endSessions = false, url = cluster.url('shop'), scratch }: Setting = {}): Database {
  return createPostgresDatabase(postgresSettings({ endSessions }), {
    commands: createSpawnedCommands(),
    env: { PATH: path, DATABASE_URL: url, NEON_API_KEY: 'not-for-programs' },
    ...(scratch === undefined ? {} : { scratch }),
  });
}

async function createPrograms(programs: Readonly<Record<string, string>>): Promise<string> {
  const folder = await createTemporaryFolder();
  for (const [name, text] of Object.entries(programs)) {
    await writeFile(join(folder, name), text);
    await chmod(join(folder, name), 0o755);
  }
  return folder;
}

const isHolding = async (): Promise<boolean> => (await holder.query('SELECT 1')).rowCount === 1;
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

describe('a source that is in use', () => {
  it('is left alone, and the refusal names who holds it and the ways on', async () => {
    const error = await failureOf(createDatabase().createBranch(branchRequest()));
    expect(error).toBeInstanceOf(UserError);
    const { message } = error as UserError;
    const { rows } = await holder.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    expect(message).toContain(`"shop" cannot be copied: it is in use by shop-server (pid ${String(rows[0]?.pid)}, user postgres)`);
    expect(message).toContain('pg_dump is not installed');
    expect(message).toMatch(/Close what holds it, or set "database\.endSessions" to true, or put pg_dump and pg_restore/);
    await expect(isHolding()).resolves.toBe(true);
    await expect(databaseNames(cluster)).resolves.toEqual(['shop']);
  }, 30_000);

  it('is copied once its sessions have gone, and then never asked again', async () => {
    await holder.end();
    const database = createDatabase();
    await database.createBranch(branchRequest());
    const next = new Client({ connectionString: cluster.url('shop') });
    await next.connect();
    await expect(database.createBranch(branchRequest({ project: 'issue-2' }))).resolves.not.toBeNull();
    await next.end();
  });

  it('names what ending its sessions does not end, and advises nothing that would not help', async () => {
    await holder.query('BEGIN');
    await holder.query(`PREPARE TRANSACTION 'open'`);
    await holder.end();
    for (const endSessions of [false, true]) {
      const { message } = (await failureOf(createDatabase({ endSessions }).createBranch(branchRequest()))) as UserError;
      expect(message).toMatch(
        /in use by prepared transaction "open", and pg_dump is not installed\. Close what holds it \(as a superuser: in that database: ROLLBACK PREPARED 'open';\), or put pg_dump/,
      );
      expect(message).not.toContain('endSessions');
    }
    await runSql(cluster.url('shop'), `ROLLBACK PREPARED 'open'`);
  }, 30_000);

  it('loses its sessions when the settings say so', async () => {
    const lines: string[] = [];
    const branch = await createDatabase({ endSessions: true }).createBranch(branchRequest({ onProgress: (line) => lines.push(line) }));
    await ended;
    await expect(runSql(urlIn(branch), 'SELECT word FROM greetings')).resolves.toEqual([{ word: 'hello' }]);
    expect(lines).toContain('Ended 1 session on database "shop"');
  });

  it('is dumped and restored where the programs are, with no password among their arguments', async () => {
    const path = await createPrograms({ pg_dump: programText('pg_dump'), pg_restore: programText('pg_restore') });
    const directory = await createTemporaryFolder();
    const scratch: ScratchFolders = { create: async () => ({ directory, remove: () => rm(directory, { recursive: true }) }) };
    const branch = await createDatabase({ path, scratch }).createBranch(branchRequest());
    await expect(runSql(urlIn(branch), 'SELECT word FROM greetings')).resolves.toEqual([{ word: 'hello' }]);
    await expect(access(directory)).rejects.toThrow('ENOENT');
    await expect(isHolding()).resolves.toBe(true);
    const calls = (await readFile(join(path, 'calls'), 'utf8')).trim().split('\n');
    expect(calls).toHaveLength(2);
    expect(calls[0]).toContain(`--file=${directory}/`);
    for (const call of calls.map((line) => JSON.parse(line) as { args: string[]; env: Record<string, string> })) {
      expect(call.args.join(' ')).not.toMatch(/cluster|postgres(?:ql)?:/);
      expect(call.env).toMatchObject({ PGPASSWORD: CLUSTER_PASSWORD, PGHOST: '127.0.0.1', PGPORT: String(cluster.port) });
      expect(call.env).not.toHaveProperty('NEON_API_KEY');
      expect(call.env).not.toHaveProperty('DATABASE_URL');
    }
  }, 30_000);

  it('is dumped too for a role that may read but not copy it', async () => {
    await runSql(cluster.url('shop'), 'GRANT SELECT ON greetings TO visitor');
    const path = await createPrograms({ pg_dump: programText('pg_dump'), pg_restore: programText('pg_restore') });
    const url = `postgresql://visitor:visitor-password@127.0.0.1:${cluster.port}/shop`;
    const branch = await createDatabase({ path, url }).createBranch(branchRequest());
    await expect(runSql(urlIn(branch), 'SELECT word FROM greetings')).resolves.toEqual([{ word: 'hello' }]);
    expect(await readFile(join(path, 'calls'), 'utf8')).toContain('--no-owner');
  });

  it('says what the programs said, without the password, and leaves nothing', async () => {
    for (const failing of ['pg_dump', 'pg_restore']) {
      const path = await createPrograms({ pg_dump: programText('pg_dump'), pg_restore: programText('pg_restore'), [failing]: FAILING });
      const error = await failureOf(createDatabase({ path }).createBranch(branchRequest()));
      expect(error).toBeInstanceOf(UserError);
      expect((error as UserError).message).toContain(`${failing} failed (pg_dump: error: connection as "postgres:***" failed`);
      expect((error as UserError).message).toContain('server version: 18');
      expect(inspect(error, { depth: Infinity })).not.toContain(CLUSTER_PASSWORD);
      expect((error as UserError).message).toContain(`or correct what ${failing} complains of`);
      expect((error as UserError).message).not.toContain('on PATH');
      await expect(databaseNames(cluster)).resolves.toEqual(['shop']);
    }
  }, 40_000);
});
