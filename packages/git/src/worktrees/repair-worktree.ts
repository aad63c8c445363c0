import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Repository } from '../repository/repository.js';
import { folderContent, pointsInto, readLine } from './worktree-path.js';

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
