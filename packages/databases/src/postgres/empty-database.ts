import type { PostgresWork } from './postgres-work.js';
import type { Session } from './session.js';

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
