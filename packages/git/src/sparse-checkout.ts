import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openMainWorktree, type Repository, type Worktree } from './repository.js';
import { readLine } from './worktree-path.js';

/**
 * Makes a worktree sparse as the main one is now. `git worktree add` does so when it makes one; this is for one that was made before.
 */
export async function alignSparseCheckout(repository: Repository, worktree: Worktree): Promise<void> {
  const main = await openMainWorktree(repository);
  const [wanted, present] = [await patternsOf(main), await patternsOf(worktree)];
  if (wanted === present) return;
  if (wanted === null) {
    await worktree.run(['sparse-checkout', 'disable']);
    return;
  }
  const isCone = await isSet(main, 'core.sparseCheckoutCone');
  await worktree.run(['sparse-checkout', 'set', isCone ? '--cone' : '--no-cone']);
  await copyFile(patternFile(main), patternFile(worktree));
  await worktree.run(['sparse-checkout', 'reapply']);
}

/** The patterns with their mode, or null when the worktree is whole. */
async function patternsOf(worktree: Worktree): Promise<string | null> {
  const patterns = await readLine(patternFile(worktree));
  if (patterns === null || !(await isSet(worktree, 'core.sparseCheckout'))) return null;
  return `${await isSet(worktree, 'core.sparseCheckoutCone')}\n${patterns}`;
}

async function isSet(worktree: Worktree, key: string): Promise<boolean> {
  const { stdout } = await worktree.run(['config', '--type=bool', '--get', key], { answers: [0, 1] });
  return stdout.trim() === 'true';
}

function patternFile(worktree: Worktree): string {
  return join(worktree.gitDirectory, 'info', 'sparse-checkout');
}
