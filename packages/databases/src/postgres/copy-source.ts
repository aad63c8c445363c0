import { printableLine, UserError } from '@nx-fleet/core';
import { copyOnServer } from './copy-statement.js';
import { dumpSource } from './dump-source.js';
import { CODE, codeOf } from './postgres-error.js';
import type { PostgresWork } from './postgres-work.js';

const END_SESSIONS_ATTEMPTS = 3;
const MAX_HOLDERS = 5;

/**
 * Copies the source into a new database. PostgreSQL copies none that is in use: its sessions are ended if the settings allow it, else the
 * source is dumped and restored. @returns the way it went, for people
 * @throws UserError when neither is possible
 */
export async function copySource(work: PostgresWork, to: string): Promise<string> {
  const refusal = await tryOnServer(work, to);
  if (refusal === null) {
    return 'copied on the server';
  }
  work.onProgress(`Dumping database "${printableLine(work.source.database)}": ${refusal}`);
  const fault = await dumpSource(work, to);
  if (fault === null) {
    return 'dumped and restored';
  }
  throw new UserError(
    `Database "${printableLine(work.source.database)}" cannot be copied: ${refusal}, and ${fault}. Close what holds it, or set "database.endSessions" to true, or put pg_dump and pg_restore of the server's version on PATH; then run this again.`,
  );
}

/** @returns why the server refuses, or null once it is copied */
async function tryOnServer(work: PostgresWork, to: string): Promise<string | null> {
  const { session, source, settings, fileCopyFromBytes } = work;
  const attempts = settings.endSessions ? END_SESSIONS_ATTEMPTS : 1;
  for (let attempt = 1; ; attempt += 1) {
    if (settings.endSessions) {
      await endSessions(work);
    }
    try {
      await copyOnServer(session, { from: source.database, to, fileCopyFromBytes });
      return null;
    } catch (error) {
      const code = codeOf(error);
      if (code === CODE.insufficientPrivilege) {
        return `role "${printableLine(source.user)}" may not copy it (${code})`;
      }
      if (code !== CODE.databaseInUse) {
        throw error;
      }
      if (attempt === attempts) {
        return `it is in use by ${await describeHolders(work)}`;
      }
    }
  }
}

async function endSessions({ session, source, onProgress }: PostgresWork): Promise<void> {
  const ended = await session.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid() AND backend_type = 'client backend'`,
    [source.database],
  );
  if (ended.length > 0) {
    onProgress(`Ended ${ended.length} sessions on database "${printableLine(source.database)}"`);
  }
}

interface Holder {
  readonly pid: number;
  readonly user: string | null;
  readonly application: string | null;
}

async function describeHolders({ session, source }: PostgresWork): Promise<string> {
  const holders = await session.query<Holder>(
    `SELECT pid, usename AS "user", application_name AS application FROM pg_stat_activity
     WHERE datname = $1 AND backend_type = 'client backend' ORDER BY backend_start`,
    [source.database],
  );
  if (holders.length === 0) {
    return 'sessions that have ended since, or prepared transactions';
  }
  const named = holders.slice(0, MAX_HOLDERS).map(({ pid, user, application }) => {
    const name = printableLine(application ?? '', 60) || 'an unnamed program';
    return `${name} (pid ${pid}, user ${printableLine(user ?? 'unknown', 60)})`;
  });
  const more = holders.length - named.length;
  return named.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
