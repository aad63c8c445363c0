import { printableLine, UserError } from '@nx-fleet/core';
import { isInside, isMissingFile, pathExists } from '@nx-fleet/system';
import type { BigIntStats } from 'node:fs';
import { lstat, realpath, rm } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';

/** Removes what SQLite keeps beside a database; absence is fine. */
export async function removeSidecars(path: string): Promise<void> {
  for (const sidecar of SIDECARS) {
    await rm(path + sidecar, { force: true });
  }
}

/** Removes a database with all that SQLite keeps beside it; absence is fine. */
export async function removeDatabaseFiles(path: string): Promise<void> {
  await rm(path, { force: true });
  await removeSidecars(path);
}

/** What SQLite keeps beside a database: they belong to it and to no other file of its name. */
export const SIDECARS = ['-wal', '-shm', '-journal'] as const;

/** The database file's place in a worktree. @throws UserError when the setting leads out of it */
export function requirePathInside(worktree: string, file: string): string {
  const path = resolve(worktree, file);
  if (isAbsolute(file) || path === resolve(worktree) || !isInside(path, worktree)) {
    throw new UserError(
      `Database file "${printableLine(file)}" lies outside the workspace. Set "database.file" to a path inside it, such as "data/app.db".`,
    );
  }
  return path;
}

/** The first link on the way from the worktree to a path that leads out of the worktree, or null: a copy behind it would be shared. */
export async function findLinkOutside(worktree: string, path: string): Promise<string | null> {
  let existing = dirname(path);
  while (!(await pathExists(existing)) && existing !== worktree && isInside(existing, worktree)) {
    existing = dirname(existing);
  }
  const [root, real] = await Promise.all([realpath(worktree), realpath(existing)]);
  return isInside(real, root) ? null : existing;
}

/** What is at a path, links not followed, or null. */
export async function statEntry(path: string): Promise<BigIntStats | null> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (isMissingFile(error)) return null;
    throw new Error(`"${printableLine(path)}" cannot be read`, { cause: error });
  }
}
