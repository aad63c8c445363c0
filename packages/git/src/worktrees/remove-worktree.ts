import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { printableLine, UserError } from '@nx-fleet/core';
import { isInside, pathExists, withLease } from '@nx-fleet/system';
import { withRetries } from '../command/run-git.js';
import type { Repository } from '../repository/repository.js';
import { finishMove } from './move-worktree.js';
import { canonicalPath, folderContent, listAllWorktrees, pointsInto, readLine, worktreeLease } from './worktree-list.js';

/**
 * Removes a worktree with whatever is in it, even a half-made or half-moved one; one that is gone is fine.
 * @param discard takes the folder away once it is known to be a removable worktree @default removes it
 * @throws UserError for a folder that is none of this repository's
 */
export async function removeWorktree(repository: Repository, path: string, discard: Discard = removeFolder): Promise<void> {
  const target = await canonicalPath(path);
  const { commonDirectory } = await repository.locate();
  const lease = worktreeLease(commonDirectory);
  await withLease(lease, async () => {
    await discardBrokenRegistration(repository, target);
    await finishMove(repository, target);
  });
  await requireRemovable(repository, target);
  // The files go first, outside of the lease, for there may be many; the registration stays until they are gone, so that the same command can finish.
  await discard(target);
  await withLease(lease, () => withRetries(() => unregister(repository, target)));
}

type Discard = (path: string) => Promise<void>;

async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 5 });
}

async function unregister(repository: Repository, path: string): Promise<void> {
  if (!(await isRegistered(repository, path))) return;
  await unregisterWorktree(repository, path);
  if (await isRegistered(repository, path)) throw new Error(`git keeps the worktree "${printableLine(path)}" registered`);
}

async function requireRemovable(repository: Repository, path: string): Promise<void> {
  const { mainWorktree, commonDirectory } = await repository.locate();
  const name = printableLine(path);
  if (isInside(mainWorktree, path) || isInside(commonDirectory, path)) {
    throw new UserError(`"${name}" holds the main worktree, which is never removed. Name a linked worktree.`);
  }
  const worktrees = await listAllWorktrees(repository);
  const inner = worktrees.find((worktree) => worktree.path !== path && isInside(worktree.path, path));
  if (inner !== undefined) throw new UserError(`"${name}" holds the worktree "${printableLine(inner.path)}". Remove that one first.`);
  if (worktrees.some((worktree) => worktree.path === path) || !(await pathExists(path))) return;
  const content = await folderContent(path);
  if (content?.length === 0 || (await pointsInto(path, commonDirectory))) return;
  throw new UserError(`"${name}" is not a worktree of this repository. To remove it, delete the folder yourself.`);
}

async function isRegistered(repository: Repository, path: string): Promise<boolean> {
  return (await listAllWorktrees(repository)).some((worktree) => worktree.path === path);
}

/** git's own exit codes for "no": neither is a reason to stop a repair. */
const REFUSALS = [0, 1, 128];

const SETTLING_MS = 500;

/** Takes a registration away, whatever state it is in: made half-way, locked, or without its folder. The folder goes too. */
export async function unregisterWorktree(repository: Repository, path: string): Promise<void> {
  const remove = ['worktree', 'remove', '--force', '--force', '--', path];
  const { exitCode } = await repository.inMain(remove, { answers: REFUSALS });
  if (exitCode === 0) return;
  // git refuses a folder without its .git file, and not a missing folder.
  await rm(path, { recursive: true, force: true, maxRetries: 5 });
  await repository.inMain(remove, { answers: REFUSALS });
  await discardBrokenRegistration(repository, path);
}

/**
 * Removes what a process left that died while git wrote the registration of this path:
 * until then every `git worktree` command of the repository may fail on it.
 */
export async function discardBrokenRegistration(repository: Repository, path: string): Promise<void> {
  for (const directory of await brokenRegistrations(repository)) {
    if ((await readLine(join(directory, 'gitdir'))) === join(path, '.git')) await rm(directory, { recursive: true, force: true });
  }
}

/** Removes what a crash left of any worktree; what another program is just creating is complete after a moment. */
export async function discardUnfinishedRegistrations(repository: Repository): Promise<void> {
  const before = await brokenRegistrations(repository);
  if (before.length === 0) return;
  await sleep(SETTLING_MS);
  for (const directory of await brokenRegistrations(repository)) {
    const initializing = (await readLine(join(directory, 'locked'))) === 'initializing';
    if (initializing && before.includes(directory)) await rm(directory, { recursive: true, force: true });
  }
}

async function brokenRegistrations(repository: Repository): Promise<readonly string[]> {
  const { commonDirectory } = await repository.locate();
  const registrations = join(commonDirectory, 'worktrees');
  const broken: string[] = [];
  for (const name of (await folderContent(registrations)) ?? []) {
    const directory = join(registrations, name);
    const files = await Promise.all([readLine(join(directory, 'HEAD')), readLine(join(directory, 'commondir'))]);
    if (files.some((content) => content === null || content === '')) broken.push(directory);
  }
  return broken;
}

/** Empties a folder that holds nothing but a `.git` file whose registration is gone. */
export async function discardEmptyShell(repository: Repository, path: string): Promise<void> {
  const content = await folderContent(path);
  if (content?.length !== 1 || content[0] !== '.git') return;
  const { commonDirectory } = await repository.locate();
  if (await pointsInto(path, commonDirectory)) await rm(join(path, '.git'), { force: true });
}
