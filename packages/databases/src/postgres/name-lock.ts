import { createHash } from 'node:crypto';
import type { Session } from './session.js';

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
