import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { printableLine, UserError } from '@nx-fleet/core';
import { pathExists, withLease } from '@nx-fleet/system';
import { withRetries } from '../command/run-git.js';
import type { Repository, Worktree } from '../repository/repository.js';
import { requireBranch, requireFreeBranch } from './add-worktree.js';
import { alignSparseCheckout, checkoutVariables } from './large-files.js';
import { fillSubmodules } from './submodules.js';
import { dirtyPaths } from './work-tree-state.js';
import { listAllWorktrees } from './worktree-list.js';

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

/** Acts on a worktree's index and files, alone of all our processes. @param act gets whether a process died while it did so */
async function withCheckoutLease(worktree: Worktree, act: (grant: { readonly tookOver: boolean }) => Promise<unknown>): Promise<void> {
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

/** Puts a clean worktree with a detached HEAD on an existing branch; only files that differ are written. @throws UserError when worktree or branch is in other use */
export async function switchWorktree(repository: Repository, path: string, branch: string): Promise<void> {
  const [worktree, tip] = await Promise.all([repository.openWorktree(path), requireBranch(repository, branch)]);
  await withCheckoutLease(worktree, async ({ tookOver }) => {
    // git writes HEAD last: what is on the branch is whole, and may be somebody's by now.
    const detachedAt = await detachedHead(repository, worktree, branch);
    // What a killed switch has left may have other files than its HEAD.
    const hasItsFiles = !tookOver && detachedAt === tip;
    if (hasItsFiles) await worktree.run(['symbolic-ref', '-m', `switched to ${branch}`, 'HEAD', `refs/heads/${branch}`]);
    else if (detachedAt !== null) await writeBranch(repository, worktree, { branch, force: tookOver });
    await alignSparseCheckout(repository, worktree);
    await fillSubmodules(repository, worktree);
  });
}

async function writeBranch(
  repository: Repository,
  worktree: Worktree,
  { branch, force }: { readonly branch: string; readonly force: boolean },
): Promise<void> {
  const variables = await checkoutVariables(repository);
  const flags = ['--no-guess', '--no-recurse-submodules', '--quiet'];
  const isForced = force || (await dirtyPaths(repository, worktree.path)).length === 0;
  const run = (): Promise<unknown> => worktree.run(['switch', ...flags, ...(isForced ? ['--force'] : []), branch], { variables });
  await (force ? run() : withRetries(run));
}

/** The commit that a worktree with a detached HEAD is at; null when it is on the branch. @throws UserError when it, or another worktree, is in other use */
async function detachedHead(repository: Repository, worktree: Worktree, branch: string): Promise<string | null> {
  const worktrees = await listAllWorktrees(repository);
  const current = worktrees.find((entry) => entry.path === worktree.path);
  if (current === undefined) throw new Error(`git does not list the worktree "${printableLine(worktree.path)}"`);
  if (current.branch === branch) return null;
  if (current.branch !== null) {
    const path = printableLine(worktree.path);
    throw new UserError(
      `"${path}" is the worktree of branch "${printableLine(current.branch)}". Remove it first: git worktree remove "${path}"`,
    );
  }
  requireFreeBranch(worktrees, branch, worktree.path);
  return current.head ?? '';
}
