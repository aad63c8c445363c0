import { printableLine, UserError } from '@nx-fleet/core';
import type { Session } from './session.js';

const MAX_HOLDERS = 5;

/** What keeps a database from being copied or dropped, in words, and the statements that end it; those of sessions of clients apart. */
export interface Holders {
  readonly clients: readonly string[];
  readonly others: readonly { readonly name: string; readonly statement: string }[];
}

export async function findHolders(session: Session, database: string): Promise<Holders> {
  // Of other roles' sessions, only a role that may see them learns the kind.
  const backends = await session.query<{ pid: number; user: string | null; application: string | null; kind: string | null }>(
    `SELECT pid, usename AS "user", application_name AS application, backend_type AS kind FROM pg_stat_activity
     WHERE datname = $1 AND pid <> pg_backend_pid() AND coalesce(backend_type, '') NOT LIKE 'autovacuum%' ORDER BY backend_start`,
    [database],
  );
  const slots = await session.query<{ name: string; pid: number | null }>(
    `SELECT slot_name::text AS name, active_pid AS pid FROM pg_replication_slots WHERE database = $1 AND active`,
    [database],
  );
  const prepared = await session.query<{ gid: string }>('SELECT gid FROM pg_prepared_xacts WHERE database = $1', [database]);
  const subscriptions = await session.query<{ name: string }>(
    `SELECT subname::text AS name FROM pg_subscription JOIN pg_database ON pg_database.oid = subdbid WHERE datname = $1`,
    [database],
  );
  const literal = (text: string): string => session.literal(text);
  const ofSlots = new Set(slots.map(({ pid }) => pid));
  const plain = backends.filter(({ pid }) => !ofSlots.has(pid));
  const isClient = (kind: string | null): boolean => kind === null || kind === 'client backend';
  const shown = (text: string | null, fallback: string): string => printableLine(text ?? '', 60) || fallback;
  return {
    clients: plain
      .filter(({ kind }) => isClient(kind))
      .map(({ pid, user, application }) => `${shown(application, 'an unnamed program')} (pid ${pid}, user ${shown(user, 'unknown')})`),
    others: [
      ...slots.map(({ name, pid }) => ({
        name: `replication slot "${shown(name, '')}" (process ${String(pid)})`,
        statement: `SELECT pg_terminate_backend(${String(pid)}); SELECT pg_drop_replication_slot(${literal(name)});`,
      })),
      ...plain
        .filter(({ kind }) => !isClient(kind) && kind?.startsWith('logical replication') !== true)
        .map(({ pid, kind }) => ({
          name: `${shown(kind, 'a process')} (process ${pid})`,
          statement: `SELECT pg_terminate_backend(${pid});`,
        })),
      ...prepared.map(({ gid }) => ({
        name: `prepared transaction "${shown(gid, '')}"`,
        statement: `in that database: ROLLBACK PREPARED ${literal(gid)};`,
      })),
      ...subscriptions.map(({ name }) => ({
        name: `subscription "${shown(name, '')}"`,
        statement: `in that database: DROP SUBSCRIPTION ${session.identifier(name)};`,
      })),
    ],
  };
}

/** `psql (pid 7, user ada), replication slot "s" (process 9)`; of many the first. */
export function describeHolders({ clients, others }: Holders): string {
  const all = [...clients, ...others.map(({ name }) => name)];
  const more = all.length - MAX_HOLDERS;
  return all.slice(0, MAX_HOLDERS).join(', ') + (more > 0 ? ` and ${more} more` : '') || 'sessions that have ended since';
}

/** The statements that end what ending the sessions of clients does not; empty when there is none. */
export function statementsAgainst({ others }: Holders): string {
  return others.map(({ statement }) => printableLine(statement)).join(' ');
}

/** What a drop that the holders refused is to be thrown as. */
export function refusedDrop(name: string, holders: Holders): UserError {
  const statements = statementsAgainst(holders);
  const how = statements === '' ? 'Run this again' : `End that as a superuser (${statements}), then run this again`;
  return new UserError(`Database "${printableLine(name)}" cannot be dropped: it is in use by ${describeHolders(holders)}. ${how}.`);
}
