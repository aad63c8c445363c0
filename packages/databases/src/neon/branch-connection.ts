import { printableLine, UserError } from '@nx-fleet/core';
import { isLoopbackHost, type NeonSettings } from './neon-account.js';
import { createPause, type Patience } from './neon-call.js';
import type { NeonClient } from './neon-client.js';

/** What Neon calls the database of a new project. */
const FIRST_DATABASE = 'neondb';

interface BranchUrls {
  /** Through the pooler. Secret. */
  readonly pooled: string;
  /** Without it, for migrations. Secret. */
  readonly direct: string;
}

/** A branch's URLs. They are asked for, never derived: children of a protected branch have passwords of their own. @throws UserError */
export async function fetchUrls(client: NeonClient, settings: NeonSettings, branchId: string): Promise<BranchUrls> {
  const { name, owner } = await requireDatabase(client, settings, branchId);
  const query = { branchId, database: name, role: settings.role ?? owner };
  const [pooled, direct] = await Promise.all([client.getUri({ ...query, pooled: true }), client.getUri({ ...query, pooled: false })]);
  return { pooled, direct };
}

async function requireDatabase(
  client: NeonClient,
  settings: NeonSettings,
  branchId: string,
): Promise<{ readonly name: string; readonly owner: string }> {
  const databases = await client.listDatabases(branchId);
  const [only] = databases;
  if (settings.database === undefined && only !== undefined && databases.length === 1) {
    return only;
  }
  const wanted = settings.database ?? FIRST_DATABASE;
  const found = databases.find(({ name }) => name === wanted);
  if (found === undefined) {
    const names = databases.map(({ name }) => `"${printableLine(name)}"`).join(', ') || 'none';
    throw new UserError(
      `The Neon branch has no database "${printableLine(wanted)}", but ${names}. Set "database.database" to one of them.`,
    );
  }
  return found;
}

interface Waiting {
  readonly patience: Patience;
  readonly signal: AbortSignal | undefined;
}

/** Waits until a database answers a query: the first connection wakes its compute. @throws UserError with host and code, without the URL */
export async function awaitConnection(url: string, { patience, signal }: Waiting): Promise<void> {
  const pause = createPause({ firstMs: patience.firstPauseMs, longestMs: patience.longestPollMs, limitMs: patience.readyMs, signal });
  for (;;) {
    const code = await tryQuery(url, patience.answerMs);
    if (code === null) {
      return;
    }
    if (!(await pause())) {
      const { hostname, port } = new URL(url);
      throw new UserError(
        `The Neon branch is there, but its database at "${printableLine(hostname)}:${port || '5432'}" gives no answer (${printableLine(code)}). Check that this network lets connections to it through, and run this again.`,
      );
    }
  }
}

/** Null when the database answered, else the error's code: its other fields may repeat what it was given. */
async function tryQuery(url: string, timeoutMs: number): Promise<string | null> {
  const { Client } = await import('pg');
  const client = new Client({ ...connectionOf(url), connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs });
  let lost: string | null = null;
  client.on('error', (error) => (lost = codeOf(error)));
  try {
    await client.connect();
    await client.query('SELECT 1');
    return lost;
  } catch (error) {
    return codeOf(error);
  } finally {
    await client.end().catch((error: unknown) => (lost ??= codeOf(error)));
  }
}

/** A URL's parts: left whole, pg would warn on the process of what its `sslmode` means to it. */
function connectionOf(text: string) {
  const url = new URL(text);
  const mode = url.searchParams.get('sslmode');
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 5432 : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    ssl: mode === null ? !isLoopbackHost(url.hostname) : mode !== 'disable',
  };
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'no code';
}
