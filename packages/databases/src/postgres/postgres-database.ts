import {
  printableLine,
  UserError,
  type Database,
  type DatabaseBranch,
  type DatabaseBranchRequest,
  type DatabaseOwner,
  type OwnedDatabaseBranch,
} from '@nx-fleet/core';
import type { DatabaseContext } from '../create-database.js';
import { parseOwnership } from '../ownership.js';
import { findDatabase, listDatabases } from './catalog.js';
import { FILE_COPY_FROM_BYTES } from './copy-source.js';
import { dropBranch, ensureBranch, replaceBranchOf } from './postgres-branch.js';
import type { PostgresSettings, PostgresWork } from './postgres-work.js';
import { withSession, type Session } from './session.js';
import { refreshSnapshot } from './snapshot.js';
import { requireSource, serverOf, urlOfDatabase, type PostgresSource } from './source-url.js';
import { isUnfinished, listUnfinished, sweepUnfinished } from './unfinished-database.js';

interface PostgresOptions {
  /** See `CopyRequest`. */
  readonly fileCopyFromBytes?: number;
}

interface PostgresCall {
  readonly owner: DatabaseOwner;
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Copies of a database on its own server, made from a frozen snapshot of it. Takes PostgreSQL 13 and later. */
export function createPostgresDatabase(settings: PostgresSettings, context: DatabaseContext, options: PostgresOptions = {}): Database {
  const onServer = async <Result>(call: PostgresCall, act: (work: PostgresWork) => Promise<Result>): Promise<Result> => {
    const source = requireSource(settings.source, context.env);
    const { fileCopyFromBytes = FILE_COPY_FROM_BYTES } = options;
    return withSession(source, call.signal, (session) => act({ session, source, settings, context, fileCopyFromBytes, ...call }));
  };
  const branchBy =
    (make: (work: PostgresWork, request: DatabaseBranchRequest) => Promise<string>) =>
    (request: DatabaseBranchRequest): Promise<DatabaseBranch> =>
      onServer(callOf(request), async (work) => {
        await requireOriginal(work.session, work.source);
        const name = await make(work, request);
        await sweepUnfinished(work.session, request);
        return describeBranch(settings, work.source, name);
      });
  return {
    type: 'postgres',
    listsAll: true,
    variables: [settings.variable],
    createBranch: branchBy(ensureBranch),
    resetBranch: branchBy(replaceBranchOf),
    removeBranch: (request) => onServer(callOf(request), (work) => dropBranch(work, request)),
    listBranches: (owner) => onServer({ owner, onProgress: () => {} }, ({ session }) => listOwned(session, owner)),
    refreshSource: (owner, onProgress) =>
      onServer({ owner, onProgress }, async (work) => {
        await requireOriginal(work.session, work.source);
        const { name } = await refreshSnapshot(work);
        return `postgres snapshot ${name} of ${printableLine(work.source.database)} at ${serverOf(work.source)}`;
      }),
  };
}

function callOf(request: Omit<DatabaseBranchRequest, 'generation'>): PostgresCall {
  return { owner: request, onProgress: request.onProgress, signal: request.signal };
}

/** @throws UserError when there is no source, or when it is itself a branch: then the environment of a linked worktree came in */
async function requireOriginal(session: Session, source: PostgresSource): Promise<void> {
  const name = printableLine(source.database);
  const entry = await findDatabase(session, source.database);
  if (entry === null) {
    throw new UserError(`Database "${name}" does not exist at "${serverOf(source)}". Create it, or correct "${source.variable}".`);
  }
  const ownership = parseOwnership(entry.comment ?? '');
  if (ownership !== null) {
    throw new UserError(
      `"${source.variable}" points at the database branch of "${printableLine(ownership.project)}", not at the database to copy. Run this in the main worktree, without the variables of a linked one.`,
    );
  }
}

async function listOwned(session: Session, { clone }: DatabaseOwner): Promise<readonly OwnedDatabaseBranch[]> {
  const owned: OwnedDatabaseBranch[] = [];
  for (const { name, comment } of await listDatabases(session)) {
    const ownership = parseOwnership(comment ?? '');
    if (ownership?.clone === clone && !isUnfinished({ clone }, name)) {
      owned.push({ project: ownership.project, generation: ownership.generation, name });
    }
  }
  // What a killed command left is an orphan too; it belongs to no project.
  return [...owned, ...(await listUnfinished(session, { clone })).map((name) => ({ project: name, generation: '', name }))];
}

function describeBranch(settings: PostgresSettings, source: PostgresSource, name: string): DatabaseBranch {
  return {
    description: `postgres ${name} at ${serverOf(source)}`,
    variables: { [settings.variable]: urlOfDatabase(source, name) },
  };
}
