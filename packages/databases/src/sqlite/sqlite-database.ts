import {
  type Database,
  type DatabaseBranch,
  type DatabaseBranchRequest,
  type DatabaseSettings,
  printableLine,
  UserError,
} from '@nx-fleet/core';
import { isMissingFile } from '@nx-fleet/system';
import { chmod, mkdir, realpath, rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { copyDatabase, createCopyMethods } from './copy-database.js';
import type { CopyMethod } from './copy-methods.js';
import { findLinkOutside, removeDatabaseFiles, removeSidecars, requirePathInside, statEntry } from './database-files.js';
import type { DatabaseContext } from '../create-database.js';

type SqliteSettings = Extract<DatabaseSettings, { type: 'sqlite' }>;

/** A database file of the main worktree, copied to the same place in each linked one. */
export function createSqliteDatabase(
  settings: SqliteSettings,
  context: DatabaseContext,
  methods: readonly CopyMethod[] = createCopyMethods(context),
): Database {
  return {
    type: 'sqlite',
    // They live in the worktrees.
    listsAll: false,
    variables: [settings.variable],
    createBranch: async (request) => {
      if (isCheckoutItself(request)) return describeBranch(settings, requirePathInside(request.worktree, settings.file));
      const target = await requireOwnPlace(settings, request);
      if ((await statEntry(target)) === null) {
        await replaceByCopy({ settings, request, methods, target });
      }
      return describeBranch(settings, target);
    },
    resetBranch: async (request) => {
      if (isCheckoutItself(request)) {
        throw new UserError(
          `"${printableLine(settings.file)}" is the checkout's own database, not a copy. Create it again as your pipeline does.`,
        );
      }
      const target = await requireOwnPlace(settings, request);
      await replaceByCopy({ settings, request, methods, target });
      return describeBranch(settings, target);
    },
    removeBranch: async (request) => {
      const target = requirePathInside(request.worktree, settings.file);
      if (await isOwnPlace(target, settings, request)) {
        await removeDatabaseFiles(target);
      }
    },
    listBranches: async () => [],
    refreshSource: async () => null,
  };
}

type Worktrees = Pick<DatabaseBranchRequest, 'worktree' | 'mainWorktree'>;

/** A throw-away checkout that is used as it is, as in CI, has its database to itself. */
function isCheckoutItself({ worktree, mainWorktree }: DatabaseBranchRequest): boolean {
  return worktree === mainWorktree;
}

interface Replacement {
  readonly settings: SqliteSettings;
  readonly request: DatabaseBranchRequest;
  readonly methods: readonly CopyMethod[];
  readonly target: string;
}

/** A whole copy, or nothing changed; what a killed try left under the temporary name is replaced. */
async function replaceByCopy({ settings, request, methods, target }: Replacement): Promise<void> {
  const source = await requireSource(settings, request);
  await mkdir(dirname(target), { recursive: true });
  const temporary = join(dirname(target), `.${basename(target)}.nx-fleet-copy`);
  request.onProgress(`Copying database ${printableLine(settings.file)}`);
  const by = await copyDatabase(methods, { source, target: temporary, mainWorktree: request.mainWorktree });
  await chmod(temporary, ((await stat(source)).mode & 0o777) | 0o600);
  await removeSidecars(temporary);
  // Before the rename: a new database with the old one's log beside it would be corrupted by it.
  await removeSidecars(target);
  await rename(temporary, target);
  request.onProgress(`Copied database ${printableLine(settings.file)} (${by})`);
}

async function requireSource(settings: SqliteSettings, { mainWorktree }: DatabaseBranchRequest): Promise<string> {
  const file = printableLine(settings.file);
  const source = await realPathOrNull(requirePathInside(mainWorktree, settings.file));
  if (source === null) {
    throw new UserError(
      `Database file "${file}" does not exist in "${printableLine(mainWorktree)}". Create it (run the app or its migrations once), or set "database" to { "type": "none" }.`,
    );
  }
  if (!(await stat(source)).isFile()) {
    throw new UserError(`Database file "${file}" in "${printableLine(mainWorktree)}" is not a file. Set "database.file" to one.`);
  }
  return source;
}

async function requireOwnPlace(settings: SqliteSettings, request: DatabaseBranchRequest): Promise<string> {
  const target = requirePathInside(request.worktree, settings.file);
  const link = await findLinkOutside(request.worktree, target);
  if (link !== null) {
    throw new UserError(
      `"${printableLine(link)}" points outside the worktree: the database would not be isolated. Replace it with a folder.`,
    );
  }
  if (!(await isOwnPlace(target, settings, request))) {
    throw new UserError(`"${printableLine(target)}" is the main worktree's own database. Remove the link, and run this again.`);
  }
  const present = await statEntry(target);
  if (present !== null && !present.isFile()) {
    throw new UserError(
      `"${printableLine(target)}" is not a regular file: the database would not be isolated. Remove it, and run this again.`,
    );
  }
  return target;
}

/** Whether a target belongs to its worktree: it is not reached through a link, and it is not the main database itself. */
async function isOwnPlace(target: string, settings: SqliteSettings, { worktree, mainWorktree }: Worktrees): Promise<boolean> {
  if ((await realPathOrNull(worktree)) === null) {
    return false;
  }
  if ((await findLinkOutside(worktree, target)) !== null) {
    return false;
  }
  const source = await realPathOrNull(requirePathInside(mainWorktree, settings.file));
  const [theirs, ours] = await Promise.all([source === null ? null : statEntry(source), statEntry(target)]);
  return theirs === null || ours === null || theirs.ino !== ours.ino || theirs.dev !== ours.dev;
}

async function realPathOrNull(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch (error) {
    if (isMissingFile(error)) {
      return null;
    }
    throw new Error(`"${printableLine(path)}" cannot be resolved`, { cause: error });
  }
}

function describeBranch(settings: SqliteSettings, target: string): DatabaseBranch {
  return {
    description: `sqlite ${printableLine(settings.file)}`,
    variables: { [settings.variable]: settings.url.replaceAll('{file}', () => target) },
  };
}
