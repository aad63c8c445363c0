import { createRedactor, printableLine, findSecrets, joinDatabaseUrl, UserError } from '@nx-fleet/core';
import { Client } from 'pg';

/** The database that branches are copied from, as its URL says. */
export interface PostgresSource {
  /** The environment variable that holds the URL, for messages. */
  readonly variable: string;
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | null;
  readonly database: string;
}

const POSTGRES_URL = /^postgres(?:ql)?:\/\//;
const PARTS_OF_URL = /^([a-z]+:\/\/[^/?#]*)(?:\/([^?#]*))?(.*)$/s;

/** @throws UserError when the variable is missing or holds no URL of a PostgreSQL database; what it holds is never repeated */
export function requireSource(variable: string, env: Readonly<Record<string, string>>): PostgresSource {
  const url = env[variable]?.trim() || (joinDatabaseUrl(env) ?? '');
  if (url === '') {
    throw new UserError(
      `Environment variable "${variable}" is not set. Set it to the URL of the database to copy (in the workspace's ".env"), or DB_HOST and DB_NAME to its parts, or name another one in "database.source".`,
    );
  }
  const client = POSTGRES_URL.test(url) ? parseUrl(url) : null;
  const database = databaseIn(url);
  if (client?.user === undefined || database === '') {
    throw new UserError(
      `Environment variable "${variable}" is not the URL of a PostgreSQL database. Write postgresql://user:password@host:5432/database, other characters of the password as %xx.`,
    );
  }
  const { host, port, user } = client;
  return { variable, url, host, port, user, database, password: client.password ?? null };
}

/** The same URL for another database on that server: everything else stays as it is spelled. */
export function urlOfDatabase({ url }: Pick<PostgresSource, 'url'>, database: string): string {
  const [, server = '', , parameters = ''] = PARTS_OF_URL.exec(url) ?? [];
  return `${server}/${encodeURIComponent(database)}${parameters}`;
}

/** Takes what is secret in the URL out of a text, also percent-encoded. */
export function redactSource({ url, password }: Pick<PostgresSource, 'url' | 'password'>, text: string): string {
  const passwords = password === null || password === '' ? [] : [password, encodeURIComponent(password)];
  return createRedactor([...findSecrets({ DATABASE_URL: url }), ...passwords])(text);
}

/** `127.0.0.1:5432`, for users. */
export function serverOf({ host, port }: Pick<PostgresSource, 'host' | 'port'>): string {
  return printableLine(`${host}:${port}`);
}

/** The client leaves some characters of a name encoded, so it is not asked. Empty when there is no name. */
function databaseIn(url: string): string {
  try {
    return decodeURIComponent(PARTS_OF_URL.exec(url)?.[2] ?? '');
  } catch {
    // A stray percent sign: no name can be read, and the error would quote it.
    return '';
  }
}

function parseUrl(url: string): Client | null {
  try {
    return new Client({ connectionString: url });
  } catch {
    // The error may quote the URL, and with it the password.
    return null;
  }
}
