import type { DatabaseOwner } from '@nx-fleet/core';
import { createHash } from 'node:crypto';
import { dropDatabase, listDatabases, unlessLocked, withNameLock } from './catalog.js';
import type { PostgresWork } from './postgres-work.js';
import type { Session } from './session.js';

/**
 * The name under which a database is made until it is whole and carries its marker; only then it gets its own. A client that is killed
 * leaves this name at most, which belongs to us by its prefix.
 */
export function unfinishedName({ clone }: Pick<DatabaseOwner, 'clone'>, name: string): string {
  return `${prefixOf(clone)}${createHash('sha256').update(name).digest('hex').slice(0, 12)}`;
}

interface NamedWork {
  readonly owner: Pick<DatabaseOwner, 'clone'>;
  /** The name that the database gets in the end. */
  readonly name: string;
  readonly onWait: () => void;
}

/** Works on one name, alone among all processes. */
export function aloneOn<Result>(session: Session, { owner, name, onWait }: NamedWork, work: () => Promise<Result>): Promise<Result> {
  return withNameLock(session, { name: unfinishedName(owner, name), onWait }, work);
}

export function isUnfinished({ clone }: Pick<DatabaseOwner, 'clone'>, name: string): boolean {
  return name.startsWith(prefixOf(clone));
}

/** Makes an unfinished database, and leaves nothing of it when that fails. */
export async function orDropped<Result>(session: Session, name: string, make: () => Promise<Result>): Promise<Result> {
  try {
    return await make();
  } catch (error) {
    // With the connection lost, it is swept later; what failed first is what counts.
    await dropDatabase(session, name).catch(() => {});
    throw error;
  }
}

/** Databases that killed clients of this clone left unfinished: no process works on them. */
export async function listUnfinished(session: Session, owner: Pick<DatabaseOwner, 'clone'>): Promise<readonly string[]> {
  const abandoned: string[] = [];
  for (const { name } of await listDatabases(session)) {
    if (isUnfinished(owner, name)) await unlessLocked(session, name, async () => void abandoned.push(name));
  }
  return abandoned;
}

/** Removes what killed clients of this clone left unfinished. What somebody is at work on stays. */
export async function sweepUnfinished(session: Session, owner: Pick<DatabaseOwner, 'clone'>): Promise<void> {
  for (const { name } of await listDatabases(session)) {
    if (isUnfinished(owner, name)) {
      await unlessLocked(session, name, () => dropDatabase(session, name));
    }
  }
}

function prefixOf(clone: string): string {
  return `nx_fleet_new_${clone}_`;
}

interface Locale {
  readonly encoding: string;
  readonly collate: string;
  readonly ctype: string;
  /** `c` libc, `i` ICU, `b` built-in; null before PostgreSQL 15. */
  readonly provider: string | null;
  readonly locale: string | null;
}

/** An empty database that sorts and encodes text as the source does. */
export async function createEmptyLike({ session, source }: PostgresWork, to: string): Promise<void> {
  // Through JSON, since columns that a version lacks are not an error there.
  const [locale] = await session.query<Locale & Record<string, unknown>>(
    `SELECT pg_encoding_to_char(encoding) AS encoding, datcollate AS collate, datctype AS ctype, entry->>'datlocprovider' AS provider,
       coalesce(entry->>'datlocale', entry->>'daticulocale') AS locale
     FROM pg_database, LATERAL to_jsonb(pg_database) AS entry WHERE datname = $1`,
    [source.database],
  );
  if (locale === undefined) {
    throw new Error(`Database "${source.database}" is gone.`);
  }
  await session.query(`CREATE DATABASE ${session.identifier(to)} TEMPLATE template0 ${localeClause(session, locale)}`);
  // While it is filled it has to accept connections: ours.
  await session.query(`REVOKE ALL ON DATABASE ${session.identifier(to)} FROM PUBLIC`);
}

function localeClause(session: Session, { encoding, collate, ctype, provider, locale }: Locale): string {
  const text = (value: string): string => session.literal(value);
  const base = `ENCODING ${text(encoding)} LC_COLLATE ${text(collate)} LC_CTYPE ${text(ctype)}`;
  if (provider === 'i' && locale !== null) {
    return `${base} LOCALE_PROVIDER icu ICU_LOCALE ${text(locale)}`;
  }
  return provider === 'b' && locale !== null ? `${base} LOCALE_PROVIDER builtin BUILTIN_LOCALE ${text(locale)}` : base;
}
