import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '@nx-fleet/core';
import { pathExists, withLease } from '@nx-fleet/system';
import type { Repository, Worktree } from '../repository/repository.js';
import { smudgeVariables } from './large-files.js';
import { fillSubmodules } from './submodules.js';

const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 50;

/** Fills a new worktree with its HEAD's files and the submodules that the main one has. What a killed checkout left is cleared away first; a whole one is left alone. */
export async function checkoutWorktree(repository: Repository, path: string): Promise<void> {
  const [worktree, variables] = await Promise.all([repository.openWorktree(path), checkoutVariables(repository)]);
  await withCheckoutLease(worktree, async () => {
    if (!(await hasIndex(worktree))) await worktree.run(['reset', '--hard', '--no-recurse-submodules'], { variables });
    await fillSubmodules(repository, worktree);
  });
}

/** Whether git has written all files of a worktree once. */
export async function isCheckedOut(repository: Repository, path: string): Promise<boolean> {
  if (!(await pathExists(join(path, '.git')))) return false;
  return hasIndex(await repository.openWorktree(path));
}

/** git writes the index when all files are there: from then on they may be somebody's work. */
async function hasIndex({ gitDirectory }: Worktree): Promise<boolean> {
  return pathExists(join(gitDirectory, 'index'));
}

/** For commands that write files: filters and partial clones may ask a remote, and large files are as in the main worktree. */
export async function checkoutVariables(repository: Repository): Promise<Readonly<Record<string, string>>> {
  return { ...repository.networkVariables, ...(await smudgeVariables(repository)) };
}

/** Acts on a worktree's index and files, alone of all our processes. @param act gets whether a process died while it did so */
export async function withCheckoutLease(
  worktree: Worktree,
  act: (grant: { readonly tookOver: boolean }) => Promise<unknown>,
): Promise<void> {
  await withLease(join(worktree.gitDirectory, 'nx-fleet-checkout.lease'), async (grant) => {
    if (!grant.tookOver) {
      await act(grant);
      return;
    }
    await rm(join(worktree.gitDirectory, 'index.lock'), { force: true });
    await rm(join(worktree.gitDirectory, 'HEAD.lock'), { force: true });
    await actBesideDyingGit(() => act(grant));
  });
}

/** A git that a killed process started may continue for a moment, and the two take each other's index away. */
async function actBesideDyingGit(act: () => Promise<unknown>): Promise<unknown> {
  for (let attempt = 1; attempt < ATTEMPTS; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      if (error instanceof UserError) throw error;
      await sleep(FIRST_PAUSE_MS * 2 ** attempt);
    }
  }
  return act();
}
