import { count, printableLine, UserError } from '@nx-fleet/core';
import { describeHolders, findHolders, statementsAgainst } from './database-holders.js';
import { dumpSource } from './dump-source.js';
import { CODE, codeOf } from './postgres-error.js';
import type { PostgresWork } from './postgres-work.js';
import type { Session } from './session.js';

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

export interface CopyRequest {
  readonly from: string;
  readonly to: string;
  /** From this size on, files are copied instead of being written through the log: that forces checkpoints, which cost more than a small database. */
  readonly fileCopyFromBytes: number;
}

/** As measured on PostgreSQL 15 and 18. */
export const FILE_COPY_FROM_BYTES = 50 * 1024 * 1024;

const FIRST_WITH_STRATEGY = 150_000;
const FIRST_WITH_CLONE = 180_000;
/** The server's operating system refused: it cannot clone on that file system. */
const SYSTEM_CODES = /^(?:58|XX)/;

/** `CREATE DATABASE … TEMPLATE`, in the way that is fastest for its size. No client can connect to the copy. @returns that way, for users */
export async function copyOnServer(session: Session, request: CopyRequest): Promise<string> {
  const { version, bytes } = await measure(session, request.from);
  const statement = `CREATE DATABASE ${session.identifier(request.to)} TEMPLATE ${session.identifier(request.from)} ALLOW_CONNECTIONS false`;
  if (version < FIRST_WITH_STRATEGY) {
    await session.query(statement);
    return 'copied';
  }
  if (bytes < request.fileCopyFromBytes) {
    await session.query(`${statement} STRATEGY WAL_LOG`);
    return 'copied through the log';
  }
  if (version >= FIRST_WITH_CLONE && (await cloneFiles(session, statement))) {
    return 'files cloned where the file system can';
  }
  await session.query(`${statement} STRATEGY FILE_COPY`);
  return 'files copied';
}

async function measure(session: Session, name: string): Promise<{ version: number; bytes: number }> {
  const [row] = await session.query<{ version: string; bytes: string }>(
    `SELECT current_setting('server_version_num') AS version, pg_database_size($1::name) AS bytes`,
    [name],
  );
  return { version: Number(row?.version), bytes: Number(row?.bytes) };
}

/** @returns false when server or file system cannot clone; then nothing was made */
async function cloneFiles(session: Session, statement: string): Promise<boolean> {
  try {
    await session.query(`SET file_copy_method = 'clone'`);
    await session.query(`${statement} STRATEGY FILE_COPY`);
    return true;
  } catch (error) {
    const code = codeOf(error) ?? '';
    if (code !== CODE.invalidParameterValue && !SYSTEM_CODES.test(code)) {
      throw error;
    }
    await session.query('RESET file_copy_method');
    return false;
  }
}
