import { checkoutVariables } from './checkout-worktree.js';
import type { Repository } from './repository.js';
import { splitNul } from './nul-separated.js';
import { requireCommit } from './revisions.js';

/** The branch checked out in a worktree, or null for a detached HEAD. */
export async function currentBranch(repository: Repository, path: string): Promise<string | null> {
  const worktree = await repository.openWorktree(path);
  const { exitCode, stdout } = await worktree.run(['symbolic-ref', '-q', 'HEAD'], { answers: [0, 1] });
  return exitCode === 0 ? stdout.trim().replace(/^refs\/heads\//, '') : null;
}

/** Paths that differ from HEAD: staged, changed, or untracked and not ignored. */
export async function dirtyPaths(repository: Repository, path: string): Promise<readonly string[]> {
  const worktree = await repository.openWorktree(path);
  const flags = ['--porcelain=v1', '-z', '--untracked-files=all', '--no-renames', '--ignore-submodules=none'];
  const { stdout } = await worktree.run(['status', ...flags]);
  // Two letters of state and a space stand before each path.
  return splitNul(stdout).map((entry) => entry.slice(3));
}

/** Of these paths, relative to the worktree, those that git ignores. */
export async function ignoredPaths(repository: Repository, path: string, paths: readonly string[]): Promise<readonly string[]> {
  const worktree = await repository.openWorktree(path);
  if (paths.length === 0) return [];
  const { stdout } = await worktree.run(['check-ignore', '-z', '--stdin'], {
    // A name such as `:(top)x` is a name here, and no pathspec.
    input: paths.map((candidate) => `./${candidate}\0`).join(''),
    answers: [0, 1],
  });
  return splitNul(stdout).map((answer) => answer.slice(2));
}

/** Moves the worktree's branch and files to a commit; untracked files go, ignored ones and nested repositories stay. */
export async function resetWorktree(repository: Repository, path: string, commit: string): Promise<void> {
  const worktree = await repository.openWorktree(path);
  const reset = ['reset', '--hard', '--no-recurse-submodules', await requireCommit(repository, commit), '--'];
  await worktree.run(reset, { variables: await checkoutVariables(repository) });
  await worktree.run(['clean', '-f', '-d']);
}
