import { type DatabaseBranchRequest, printableLine, UserError } from '@nx-fleet/core';
import { dropDatabase, findDatabase, setComment } from './catalog.js';
import { copyOnServer } from './copy-source.js';
import { commentOn, copyFacts } from './database-facts.js';
import type { PostgresWork } from './postgres-work.js';
import { requireSnapshot } from './snapshot.js';
import { aloneOn, orDropped, sweepUnfinished, unfinishedName } from './unfinished-database.js';
import { branchName, type DatabaseRemoval, isOwnedBy, isRemovable, ownershipOf, parseOwnership } from '../ownership.js';

type BranchIdentity = Pick<DatabaseBranchRequest, 'repository' | 'clone' | 'project'>;

/**
 * Steps of a branch, each alone on its name:
 *
 * | step                                     | killed after it                                     |
 * | ---------------------------------------- | --------------------------------------------------- |
 * | 1. copy the snapshot, as unfinished name | the server ends the copy; the next command drops it |
 * | 2. comment: whose it is                  | the same                                            |
 * | 3. access, settings and owner            | the same; no client can connect to it so far        |
 * | 4. drop the branch that it replaces      | the same; the branch is missing until then          |
 * | 5. rename it                             | the branch is whole and ours                        |
 */
export async function ensureBranch(work: PostgresWork, request: DatabaseBranchRequest): Promise<string> {
  const name = branchName(request);
  await aloneOnBranch(work, name, async () => {
    const present = await findOwn(work, request);
    if (present?.valid !== true || present.generation !== request.generation) {
      await replaceBranch(work, request);
    }
  });
  return name;
}

/** A fresh copy in place of the present branch, whichever generation that is of. */
export async function replaceBranchOf(work: PostgresWork, request: DatabaseBranchRequest): Promise<string> {
  const name = branchName(request);
  await aloneOnBranch(work, name, async () => {
    await findOwn(work, request);
    await replaceBranch(work, request);
  });
  return name;
}

/** Removes the branch, with the sessions on it; absence is fine, and what is not ours stays. */
export async function dropBranch(work: PostgresWork, request: DatabaseRemoval): Promise<void> {
  const name = branchName(request);
  await aloneOnBranch(work, name, async () => {
    const entry = await findDatabase(work.session, name);
    if (isRemovable(parseOwnership(entry?.comment ?? ''), request)) {
      await dropDatabase(work.session, name);
    }
  });
  await sweepUnfinished(work.session, request);
}

function aloneOnBranch(work: PostgresWork, name: string, act: () => Promise<void>): Promise<void> {
  const onWait = (): void => work.onProgress(`Waiting for another command that is at work on database "${name}"`);
  return aloneOn(work.session, { owner: work.owner, name, onWait }, act);
}

/** @throws UserError when the name is somebody else's */
async function findOwn(work: PostgresWork, request: BranchIdentity): Promise<{ valid: boolean; generation: string } | null> {
  const name = branchName(request);
  const entry = await findDatabase(work.session, name);
  if (entry === null) {
    return null;
  }
  const ownership = parseOwnership(entry.comment ?? '');
  if (ownership === null || !isOwnedBy(ownership, request)) {
    throw new UserError(
      `Database "${name}" was not made for project "${printableLine(request.project)}" of this clone: it stays as it is. Rename or drop it, and run this again.`,
    );
  }
  return { valid: entry.valid, generation: ownership.generation };
}

async function replaceBranch(work: PostgresWork, request: DatabaseBranchRequest): Promise<void> {
  const { session, fileCopyFromBytes, onProgress } = work;
  const name = branchName(request);
  const unfinished = unfinishedName(request, name);
  const snapshot = await requireSnapshot(work);
  await dropDatabase(session, unfinished);
  onProgress(`Copying the snapshot of "${printableLine(work.source.database)}" that was taken ${snapshot.takenAt}`);
  const from = work.source.database;
  const how = await orDropped(session, unfinished, async () => {
    const copied = await copyOnServer(session, { from: snapshot.name, to: unfinished, fileCopyFromBytes });
    await setComment(session, unfinished, { ...ownershipOf(request), ...(await commentOn(session, from)) });
    await copyFacts(session, { from, to: unfinished, onProgress });
    await dropDatabase(session, name);
    await session.query(`ALTER DATABASE ${session.identifier(unfinished)} WITH ALLOW_CONNECTIONS true`);
    await session.query(`ALTER DATABASE ${session.identifier(unfinished)} RENAME TO ${session.identifier(name)}`);
    return copied;
  });
  onProgress(`Created database "${name}" (${how})`);
}
