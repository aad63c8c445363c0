import { CODE, codeOf } from './postgres-error.js';
import type { Session } from './session.js';

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
