import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { printableLine, UserError, withScratchFolder, type WorkScope } from '@nx-fleet/core';
import { fleetIdentity } from '../command/environment.js';
import { splitNul } from '../command/git-output.js';
import type { Repository, Worktree } from '../repository/repository.js';
import { copyIndex, freeIndex, replaceIndex } from '../snapshot/index-file.js';
import { stageFiles } from '../snapshot/stage-files.js';

interface WorkToStore extends WorkScope {
  readonly message: string;
}

/** Commits everything that is not ignored, repositories inside of the worktree as files. Returns the commit, or null when there is nothing to commit. */
export async function commitAll(repository: Repository, path: string, { message, ...scope }: WorkToStore): Promise<string | null> {
  const worktree = await repository.openWorktree(path);
  const { head, base, without } = await startOf(worktree, scope);
  const leaked = await commitsWith(worktree, { head, base, without });
  if (leaked !== null) {
    throw new UserError(
      `"${printableLine(leaked)}" was committed, and it holds secrets of this machine. Run again: a fresh writer begins without that commit.`,
    );
  }
  await freeIndex(worktree);
  // Beside the index that it replaces, with the same rename as git's own.
  const index = join(worktree.gitDirectory, 'nx-fleet-index');
  try {
    await fillIndex(worktree, index, head);
    const hasChange = await stageFiles(repository, worktree, { index, head, base, without, isBackup: false });
    await replaceIndex(worktree, index);
    if (!hasChange) return null;
  } finally {
    await rm(index, { force: true });
  }
  const commit = ['commit', '--no-verify', '--cleanup=whitespace', '--file=-'];
  await worktree.run(commit, { input: message, variables: await missingIdentity(worktree) });
  return headOf(worktree);
}

/** Stores the work tree as it is as a commit on top of HEAD; index, HEAD and files stay as they are. What git cannot store is left out. */
export async function captureWorktree(repository: Repository, path: string, { message, ...scope }: WorkToStore): Promise<string> {
  const worktree = await repository.openWorktree(path);
  return withScratchFolder(repository.scratch, async (scratch) => {
    const index = join(scratch, 'index');
    const { head, base, without } = await startOf(worktree, scope);
    await fillIndex(worktree, index, head);
    await stageFiles(repository, worktree, { index, head, base, without, isBackup: true });
    const tree = (await worktree.run(['write-tree'], { variables: { GIT_INDEX_FILE: index } })).stdout.trim();
    const onto = (await commitsWith(worktree, { head, base, without })) === null ? head : base;
    const parent = onto === null ? [] : ['-p', onto];
    const options = { input: message, variables: await missingIdentity(worktree) };
    return (await worktree.run(['commit-tree', tree, ...parent, '-F', '-'], options)).stdout.trim();
  });
}

interface Start {
  readonly head: string | null;
  readonly base: string | null;
  readonly without: readonly string[];
}

async function startOf(worktree: Worktree, { base, without = [] }: WorkScope): Promise<Start> {
  const head = await headOf(worktree);
  return { head, base: base ?? head, without };
}

/** The first path of some patterns that a commit since the base has. */
async function commitsWith(worktree: Worktree, { head, base, without }: Start): Promise<string | null> {
  if (head === null || base === null || head === base || without.length === 0) return null;
  const pathspecs = without.map((pattern) => `:(top,glob)${pattern}`);
  const { stdout } = await worktree.run(['log', '--format=', '--name-only', '-z', '-m', `${base}..${head}`, '--', ...pathspecs]);
  return splitNul(stdout)[0]?.trim() ?? null;
}

async function fillIndex(worktree: Worktree, index: string, head: string | null): Promise<void> {
  const copied = await copyIndex(join(worktree.gitDirectory, 'index'), index);
  if (!copied && head !== null) await worktree.run(['read-tree', head], { variables: { GIT_INDEX_FILE: index } });
}

async function headOf(worktree: Worktree): Promise<string | null> {
  const { exitCode, stdout } = await worktree.run(['rev-parse', '--verify', '-q', 'HEAD^{commit}'], { answers: [0, 1] });
  return exitCode === 0 ? stdout.trim() : null;
}

// Without a configured identity git would guess one from the machine's name, or refuse.
async function missingIdentity(worktree: Worktree): Promise<Record<string, string>> {
  const options = { configuration: ['user.useConfigOnly=true'], answers: [0, 128] };
  const author = await worktree.run(['var', 'GIT_AUTHOR_IDENT'], options);
  const committer = await worktree.run(['var', 'GIT_COMMITTER_IDENT'], options);
  return author.exitCode === 0 && committer.exitCode === 0 ? {} : fleetIdentity();
}
