import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '@nx-fleet/core';
import { Client, type QueryResultRow } from 'pg';
import { CODE, codeOf, connectionError, statementError } from './postgres-error.js';
import { serverOf, urlOfDatabase, type PostgresSource } from './source-url.js';

/** One connection. Statements are complete texts: PostgreSQL takes no parameters where databases are made. */
export interface Session {
  /** Errors are the client's own, with PostgreSQL's code. */
  query<Row extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  identifier(name: string): string;
  literal(text: string): string;
}

const CONNECT_TIMEOUT_MS = 10_000;
const RETRY_DEADLINE_MS = 15_000;
const RETRY_PAUSE_MS = 250;
/** Too many connections, and a server that is starting: both pass. */
const PASSING_CODES: readonly (string | null)[] = ['53300', '57P03'];
/** Databases to connect to. One that is being copied cannot be it; all sessions have to choose the same, since locks belong to a database. */
const MAINTENANCE_DATABASES = ['postgres', 'template1'];

/**
 * Works on the source's server in one session, which is ended however the work ends.
 * @throws UserError when there is no connection, or for what an operator of the server can repair
 */
export async function withSession<Result>(
  source: PostgresSource,
  signal: AbortSignal | undefined,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted();
  const client = await connect(source);
  const abort = (): void => void client.end();
  signal?.addEventListener('abort', abort);
  try {
    await client.query('SET statement_timeout = 0; SET lock_timeout = 0');
    return await work(sessionOf(client));
  } catch (error) {
    signal?.throwIfAborted();
    throw statementError(source, error);
  } finally {
    signal?.removeEventListener('abort', abort);
    await client.end();
  }
}

async function connect(source: PostgresSource): Promise<Client> {
  let lastError: unknown;
  for (const database of MAINTENANCE_DATABASES.filter((name) => name !== source.database)) {
    try {
      return await connectPatiently(source, database);
    } catch (error) {
      lastError = error;
      const code = codeOf(error);
      if (code !== CODE.unknownDatabase && code !== CODE.insufficientPrivilege) {
        throw connectionError(source, error);
      }
    }
  }
  throw new UserError(
    `PostgreSQL at "${serverOf(source)}" has no database to work from (${codeOf(lastError) ?? 'no answer'}). Create one: CREATE DATABASE postgres.`,
  );
}

async function connectPatiently(source: PostgresSource, database: string): Promise<Client> {
  const deadline = Date.now() + RETRY_DEADLINE_MS;
  for (;;) {
    const client = new Client({
      connectionString: urlOfDatabase(source, database),
      fallback_application_name: 'nx-fleet',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
    });
    // A connection that is lost fails the statement under way, or the next one: there it is reported.
    client.on('error', () => {});
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end();
      if (!PASSING_CODES.includes(codeOf(error)) || Date.now() > deadline) {
        throw error;
      }
      await sleep(RETRY_PAUSE_MS * (1 + Math.random()));
    }
  }
}

function sessionOf(client: Client): Session {
  return {
    query: async <Row extends QueryResultRow>(text: string, values: readonly unknown[] = []) =>
      (await client.query<Row>(text, [...values])).rows,
    identifier: (name) => client.escapeIdentifier(name),
    literal: (text) => client.escapeLiteral(text),
  };
}
