import { count, printableLine, UserError } from '@nx-fleet/core';
import { copyOnServer } from './copy-statement.js';
import { describeHolders, findHolders, statementsAgainst } from './database-holders.js';
import { dumpSource } from './dump-source.js';
import { CODE, codeOf } from './postgres-error.js';
import type { PostgresWork } from './postgres-work.js';

const END_SESSIONS_ATTEMPTS = 3;

/**
 * Copies the source into a new database. PostgreSQL copies none that is in use: its sessions are ended if the settings allow it, else the
 * source is dumped and restored. @returns the way it went, for users
 * @throws UserError when neither is possible
 */
export async function copySource(work: PostgresWork, to: string): Promise<string> {
  const refusal = await tryOnServer(work, to);
  if (refusal === null) {
    return 'copied on the server';
  }
  work.onProgress(`Dumping database "${printableLine(work.source.database)}": ${refusal.reason}`);
  const fault = await dumpSource(work, to);
  if (fault === null) {
    return 'dumped and restored';
  }
  const ways = [...refusal.ways, fault.way].join(', or ');
  throw new UserError(
    `Database "${printableLine(work.source.database)}" cannot be copied: ${refusal.reason}, and ${fault.reason}. ${ways.charAt(0).toUpperCase()}${ways.slice(1)}; then run this again.`,
  );
}

interface Refusal {
  readonly reason: string;
  /** What would help, each for itself. */
  readonly ways: readonly string[];
}

/** @returns why the server refuses, or null once it is copied */
async function tryOnServer(work: PostgresWork, to: string): Promise<Refusal | null> {
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
        const user = printableLine(source.user);
        return {
          reason: `role "${user}" may not copy it (${code})`,
          ways: [`let its owner, or a superuser, be the user of "${source.variable}"`],
        };
      }
      if (code !== CODE.databaseInUse) {
        throw error;
      }
      if (attempt === attempts) {
        return await refusalInUse(work);
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
    onProgress(`Ended ${count(ended.length, 'session')} on database "${printableLine(source.database)}"`);
  }
}

async function refusalInUse({ session, source, settings }: PostgresWork): Promise<Refusal> {
  const holders = await findHolders(session, source.database);
  const statements = statementsAgainst(holders);
  const reason = `it is in use by ${describeHolders(holders)}`;
  if (statements !== '') return { reason, ways: [`close what holds it (as a superuser: ${statements})`] };
  return { reason, ways: ['close what holds it', ...(settings.endSessions ? [] : ['set "database.endSessions" to true'])] };
}
