import { createHash } from 'node:crypto';
import { findHolders, refusedDrop } from './database-holders.js';
import { CODE, codeOf } from './postgres-error.js';
import type { Session } from './session.js';

/** A database as the server's catalogue has it. */
export interface CatalogEntry {
  readonly name: string;
  readonly comment: string | null;
  /** False when its removal was interrupted: no client can connect to it any more. */
  readonly valid: boolean;
  readonly template: boolean;
}

const COLUMNS = `datname AS name, shobj_description(oid, 'pg_database') AS comment, datconnlimit <> -2 AS valid, datistemplate AS template`;

export async function findDatabase(session: Session, name: string): Promise<CatalogEntry | null> {
  const [entry] = await session.query<CatalogEntry>(`SELECT ${COLUMNS} FROM pg_database WHERE datname = $1`, [name]);
  return entry ?? null;
}

export function listDatabases(session: Session): Promise<readonly CatalogEntry[]> {
  return session.query<CatalogEntry>(`SELECT ${COLUMNS} FROM pg_database ORDER BY datname`);
}

/** Removes a database of nx-fleet, with the sessions on it; absence is fine. @throws UserError naming what else holds it */
export async function dropDatabase(session: Session, name: string): Promise<void> {
  const entry = await findDatabase(session, name);
  if (entry?.template === true) {
    await session.query(`ALTER DATABASE ${session.identifier(name)} WITH IS_TEMPLATE false`);
  }
  if (entry !== null) {
    try {
      await session.query(`DROP DATABASE IF EXISTS ${session.identifier(name)} WITH (FORCE)`);
    } catch (error) {
      if (codeOf(error) !== CODE.databaseInUse) throw error;
      throw refusedDrop(name, await findHolders(session, name));
    }
  }
}

export async function setComment(session: Session, name: string, marker: object): Promise<void> {
  await session.query(`COMMENT ON DATABASE ${session.identifier(name)} IS ${session.literal(JSON.stringify(marker))}`);
}

/**
 * Advisory locks of the server, one per database name. They end with their session: with that of a killed client too, but no sooner than
 * the statement that the server still carries out for it.
 */
export async function withNameLock<Result>(
  session: Session,
  { name, onWait }: { readonly name: string; readonly onWait: () => void },
  work: () => Promise<Result>,
): Promise<Result> {
  if (!(await tryLock(session, name))) {
    onWait();
    await session.query('SELECT pg_advisory_lock($1::bigint)', [lockKey(name)]);
  }
  const result = await work();
  await unlock(session, name);
  return result;
}

/** Does the work unless somebody else holds the lock. */
export async function unlessLocked(session: Session, name: string, work: () => Promise<void>): Promise<void> {
  if (await tryLock(session, name)) {
    await work();
    await unlock(session, name);
  }
}

// Not after a failure: that ends the session, and with it the lock.
async function unlock(session: Session, name: string): Promise<void> {
  await session.query('SELECT pg_advisory_unlock($1::bigint)', [lockKey(name)]);
}

async function tryLock(session: Session, name: string): Promise<boolean> {
  const [row] = await session.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1::bigint) AS locked', [lockKey(name)]);
  return row?.locked === true;
}

function lockKey(name: string): string {
  return createHash('sha256').update(`nx-fleet ${name}`).digest().readBigInt64BE().toString();
}
