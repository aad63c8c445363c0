import { mkdir, rename, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { printableLine, UserError } from '@nx-fleet/core';
import { pathExists, systemErrorCode, withLease } from '@nx-fleet/system';
import { withRetries } from '../command/run-git.js';
import type { Repository } from '../repository/repository.js';
import {
  canonicalPath,
  folderContent,
  listAllWorktrees,
  type ListedWorktree,
  pointsInto,
  readLine,
  worktreeLease,
} from './worktree-list.js';

interface Move {
  readonly from: string;
  readonly to: string;
}

/** What rename(2) answers when a folder cannot go there at all: another disk, a place that is not ours to write, or in use on Windows. */
const IMMOVABLE = ['EXDEV', 'EROFS', 'EBUSY', 'EPERM', 'EACCES'];

/**
 * Moves a linked worktree with all that is in it: the folder is renamed, and then its registration rewritten. Run again after an interruption
 * between the two, it finishes. False when `from` is not a complete worktree, is locked, holds submodules, or lies on another disk.
 * @throws UserError when there is something else at `to`
 */
export async function moveWorktree(repository: Repository, from: string, to: string): Promise<boolean> {
  const move = { from: await canonicalPath(from), to: await canonicalPath(to) };
  const { mainWorktree, commonDirectory } = await repository.locate();
  return withLease(worktreeLease(commonDirectory), async () => {
    await finishMove(repository, move.to);
    const worktrees = await listAllWorktrees(repository);
    const moved = worktrees.find(({ path }) => path === move.to);
    if (!(await pathExists(move.from))) return moved !== undefined && pointsInto(move.to, commonDirectory);
    const source = worktrees.find(({ path }) => path === move.from && path !== mainWorktree);
    if (source === undefined || moved !== undefined || !(await isMovable(repository, source))) return false;
    if (!(await renameFolder(move))) return false;
    await finishMove(repository, move.to);
    return true;
  });
}

/** Rewrites the registration of a worktree whose folder was moved to `path`, and not copied: there is nothing at the old place. */
export async function finishMove(repository: Repository, path: string): Promise<void> {
  const { commonDirectory } = await repository.locate();
  if (!(await pointsInto(path, commonDirectory))) return;
  const registered = await registeredFile(path);
  if (registered === null || registered === join(path, '.git') || (await pathExists(registered))) return;
  await withRetries(() => repository.inMain(['worktree', 'repair', '--', path]));
  if ((await registeredFile(path)) !== join(path, '.git'))
    throw new Error(`git keeps "${printableLine(path)}" registered at its old place`);
}

/** The `.git` file that the registration of the worktree at `path` names, or null when that registration is gone. */
async function registeredFile(path: string): Promise<string | null> {
  const target = ((await readLine(join(path, '.git'))) ?? '').replace(/^gitdir: /, '');
  const directory = isAbsolute(target) ? target : join(path, target);
  const file = await readLine(join(directory, 'gitdir'));
  return file === null || isAbsolute(file) ? file : join(directory, file);
}

async function isMovable(repository: Repository, worktree: ListedWorktree): Promise<boolean> {
  const { commonDirectory } = await repository.locate();
  if (worktree.locked || !(await pointsInto(worktree.path, commonDirectory))) return false;
  // A submodule's files name each other by paths that a move would break; git refuses it as well.
  const { gitDirectory } = await repository.openWorktree(worktree.path);
  return ((await folderContent(join(gitDirectory, 'modules'))) ?? []).length === 0;
}

async function renameFolder({ from, to }: Move): Promise<boolean> {
  await mkdir(dirname(to), { recursive: true });
  try {
    // A rename would replace an empty folder, but not a file.
    if ((await pathExists(to)) && !(await stat(to)).isDirectory()) throw inUseError(to);
    await rename(from, to);
    return true;
  } catch (error) {
    const code = systemErrorCode(error) ?? '';
    if (code === 'ENOTEMPTY' || code === 'EEXIST') throw inUseError(to);
    if (IMMOVABLE.includes(code)) return false;
    throw error;
  }
}

function inUseError(path: string): UserError {
  return new UserError(`"${printableLine(path)}" exists and is not a worktree of this repository. Move it away or choose another folder.`);
}
