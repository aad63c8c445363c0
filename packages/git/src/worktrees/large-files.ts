import { copyFile, open } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissingFile } from '@nx-fleet/system';
import { splitNul } from '../command/git-output.js';
import { openMainWorktree, type Repository, type Worktree } from '../repository/repository.js';
import { readLine } from './worktree-list.js';

/** First line of what Git LFS puts in place of a file's content, from its specification. */
const POINTER_START = 'version https://git-lfs.github.com/spec/';
const SAMPLES = 50;

/** For commands that write files: filters and partial clones may ask a remote, and large files are as in the main worktree. */
export async function checkoutVariables(repository: Repository): Promise<Readonly<Record<string, string>>> {
  return { ...repository.networkVariables, ...(await smudgeVariables(repository)) };
}

/** Has Git LFS leave pointers where the main worktree has pointers, and nothing else. */
async function smudgeVariables(repository: Repository): Promise<Readonly<Record<string, string>>> {
  const configured = await repository.inMain(['config', '--get-regexp', String.raw`^filter\.lfs\.`], { answers: [0, 1] });
  if (configured.exitCode === 1) return {};
  const main = await openMainWorktree(repository);
  const { stdout } = await main.run(['ls-files', '-z', '--', ':(attr:filter=lfs)']);
  let pointers = 0;
  for (const file of splitNul(stdout).slice(0, SAMPLES)) {
    const start = await readStart(join(main.path, file));
    if (start !== null && start !== POINTER_START) return {};
    if (start !== null) pointers += 1;
  }
  return pointers === 0 ? {} : { GIT_LFS_SKIP_SMUDGE: '1' };
}

/** As many bytes as a pointer's start has; null when there is no such file. */
async function readStart(path: string): Promise<string | null> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(POINTER_START.length) });
      return buffer.toString('latin1', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isMissingFile(error)) return null;
    throw error;
  }
}

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
