import { printableLine } from '@nx-fleet/core';
import type { Session } from './session.js';
import { codeOf } from './postgres-error.js';

/** Codes of the client's operating system have letters at their start. */
const LOST_CONNECTION = /^(?:08|57|E[A-Z])/;

interface Facts {
  readonly owner: string;
  readonly comment: string | null;
}

interface Setting {
  /** Null for all roles. */
  readonly role: string | null;
  readonly name: string;
  readonly value: string;
}

interface Grant {
  /** Null for PUBLIC. */
  readonly grantee: string | null;
  readonly privilege: string;
  readonly grantable: boolean;
}

/** The comment of a database, which the marker of a copy carries on: the copy's own comment says whose it is. */
export async function commentOn(session: Session, name: string): Promise<{ readonly comment?: string }> {
  const { comment } = await factsOf(session, name);
  return comment === null ? {} : { comment };
}

/**
 * Gives a copy what belongs to a database itself and no way of copying brings along: who may connect, settings, owner. The copy is never open
 * to more roles than the source; settings and owner that the server refuses are reported.
 */
export async function copyFacts(
  session: Session,
  { from, to, onProgress }: { readonly from: string; readonly to: string; readonly onProgress: (line: string) => void },
): Promise<void> {
  const { owner } = await factsOf(session, from);
  for (const statement of await grantStatements(session, { from, to })) await session.query(statement);
  const refused: string[] = [];
  for (const setting of await settingsOf(session, from)) {
    const code = await refusalOf(session, () => applySetting(session, to, setting));
    if (code !== null) refused.push(`${setting.name}${setting.role === null ? '' : ` of role ${setting.role}`} (${code})`);
  }
  const [self] = await session.query<{ name: string }>('SELECT current_user::text AS name');
  const give = `ALTER DATABASE ${session.identifier(to)} OWNER TO ${session.identifier(owner)}`;
  const code = owner === self?.name ? null : await refusalOf(session, () => session.query(give));
  if (code !== null) refused.push(`owner ${owner} (${code})`);
  if (refused.length > 0) onProgress(`The server refused to copy: ${printableLine(refused.join(', '))}`);
}

async function factsOf(session: Session, name: string): Promise<Facts> {
  const [facts] = await session.query<Facts & Record<string, unknown>>(
    `SELECT pg_get_userbyid(datdba)::text AS owner, shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = $1`,
    [name],
  );
  if (facts === undefined) throw new Error(`Database "${name}" is gone.`);
  return facts;
}

/** Only those who may on the source. */
async function grantStatements(session: Session, { from, to }: { readonly from: string; readonly to: string }): Promise<readonly string[]> {
  const grants = await session.query<Grant & Record<string, unknown>>(
    `SELECT CASE grantee WHEN 0 THEN NULL ELSE pg_get_userbyid(grantee)::text END AS grantee, privilege_type AS privilege, is_grantable AS grantable
     FROM pg_database, LATERAL aclexplode(coalesce(datacl, acldefault('d', datdba))) WHERE datname = $1`,
    [from],
  );
  const database = session.identifier(to);
  return [
    `REVOKE ALL ON DATABASE ${database} FROM PUBLIC`,
    ...grants.map(({ grantee, privilege, grantable }) => {
      const role = grantee === null ? 'PUBLIC' : session.identifier(grantee);
      return `GRANT ${privilege} ON DATABASE ${database} TO ${role}${grantable && grantee !== null ? ' WITH GRANT OPTION' : ''}`;
    }),
  ];
}

async function settingsOf(session: Session, name: string): Promise<readonly Setting[]> {
  return session.query<Setting & Record<string, unknown>>(
    `SELECT CASE setrole WHEN 0 THEN NULL ELSE pg_get_userbyid(setrole)::text END AS role,
       split_part(entry, '=', 1) AS name, substr(entry, strpos(entry, '=') + 1) AS value
     FROM pg_db_role_setting, pg_database, LATERAL unnest(setconfig) AS entry WHERE setdatabase = pg_database.oid AND datname = $1`,
    [name],
  );
}

/** From a value of this session: a list such as a search path is written as the server itself writes it. */
async function applySetting(session: Session, to: string, { role, name, value }: Setting): Promise<void> {
  const database = session.identifier(to);
  const whose = role === null ? `ALTER DATABASE ${database}` : `ALTER ROLE ${session.identifier(role)} IN DATABASE ${database}`;
  const parameter = name.split('.').map((part) => session.identifier(part));
  await session.query(`SELECT set_config($1, $2, true)`, [name, value]);
  await session.query(`${whose} SET ${parameter.join('.')} FROM CURRENT`);
}

/** @returns the server's code if it refuses, most often for a lack of rights; then nothing is changed */
async function refusalOf(session: Session, act: () => Promise<unknown>): Promise<string | null> {
  await session.query('BEGIN');
  try {
    await act();
    await session.query('COMMIT');
    return null;
  } catch (error) {
    const code = codeOf(error);
    if (code === null || LOST_CONNECTION.test(code)) throw error;
    await session.query('ROLLBACK');
    return code;
  }
}
