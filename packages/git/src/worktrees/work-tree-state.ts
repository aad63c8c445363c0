import { createReadStream } from 'node:fs';
import { chmod, lstat, readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { printableLine, UserError, withScratchFolder } from '@nx-fleet/core';
import { isMissingFile, pathExists, systemErrorCode } from '@nx-fleet/system';
import { GITLINK, parseRawChanges, RAW_FLAGS, type RawChange, splitNul } from '../command/git-output.js';
import type { Repository, Worktree } from '../repository/repository.js';
import { requireCommit } from '../repository/revisions.js';
import { freeIndex } from '../snapshot/index-file.js';
import { checkoutVariables } from './large-files.js';
import { resetSubmodules } from './submodules.js';

/** The branch checked out in a worktree, or null for a detached HEAD. */
export async function currentBranch(repository: Repository, path: string): Promise<string | null> {
  const worktree = await repository.openWorktree(path);
  const { exitCode, stdout } = await worktree.run(['symbolic-ref', '-q', 'HEAD'], { answers: [0, 1] });
  return exitCode === 0 ? stdout.trim().replace(/^refs\/heads\//, '') : null;
}

/** Paths that differ from HEAD: staged, changed, or untracked and not ignored; not those that differ by git's own conversion only. */
export async function dirtyPaths(repository: Repository, path: string): Promise<readonly string[]> {
  const worktree = await repository.openWorktree(path);
  const flags = ['--porcelain=v1', '-z', '--untracked-files=all', '--no-renames', '--ignore-submodules=none'];
  const { stdout } = await worktree.run(['status', ...flags]);
  // Two letters of state and a space are before each path.
  const entries = splitNul(stdout);
  const paths = entries.map((entry) => entry.slice(3));
  if (!entries.some((entry) => entry[0] === 'M' || entry[1] === 'M')) return paths;
  const converted = new Set(await convertedPaths(repository, path));
  return paths.filter((changed) => !converted.has(changed));
}

/** Files that git calls changed though they are exactly what it writes for HEAD: a rule for line ends or a filter came after them. */
export async function convertedPaths(repository: Repository, path: string): Promise<readonly string[]> {
  const worktree = await repository.openWorktree(path);
  const { exitCode, stdout } = await worktree.run(['diff-index', ...RAW_FLAGS, 'HEAD', '--'], { answers: [0, 128] });
  if (exitCode !== 0) return [];
  return (await convertedOnly(repository, worktree, parseRawChanges(stdout))).map((change) => change.path);
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

/** Moves the worktree's branch and files to a commit; untracked files go, repositories among them too, and ignored ones stay. */
export async function resetWorktree(repository: Repository, path: string, commit: string): Promise<void> {
  const worktree = await repository.openWorktree(path);
  await freeIndex(worktree);
  const reset = ['reset', '--hard', '--no-recurse-submodules', await requireCommit(repository, commit), '--'];
  await worktree.run(reset, { variables: await checkoutVariables(repository) });
  await resetSubmodules(repository, worktree);
  // A second `-f` is for repositories.
  const clean = ['clean', '-f', '-f', '-d'];
  if ((await worktree.run(clean, { answers: [0, 1] })).exitCode === 0) return;
  // Some package caches write-protect their folders.
  const { stdout } = await worktree.run(['ls-files', '-z', '--others', '--directory', '--exclude-standard']);
  for (const name of splitNul(stdout)) if (name.endsWith('/')) await openFolder(join(worktree.path, name));
  if ((await worktree.run(clean, { answers: [0, 1] })).exitCode === 0) return;
  const [first = ''] = splitNul((await worktree.run(['ls-files', '-z', '--others', '--directory', '--exclude-standard'])).stdout);
  const place = printableLine(join(worktree.path, first));
  throw new UserError(`"${place}" cannot be deleted: this user may not. Delete it, then run this again: sudo rm -rf "${place}"`);
}

/** Lets its owner delete what is in a folder; folders of others stay as they are. */
async function openFolder(folder: string): Promise<void> {
  try {
    await chmod(folder, 0o700);
    for (const entry of await readdir(folder, { withFileTypes: true })) if (entry.isDirectory()) await openFolder(join(folder, entry.name));
  } catch (error) {
    if (systemErrorCode(error) === null) throw error;
  }
}

/** Ignored, untracked files of a worktree that match a file of patterns in gitignore syntax; files in ignored folders too, nested repositories not. */
export async function ignoredMatching(repository: Repository, path: string, patternFile: string): Promise<readonly string[]> {
  const worktree = await repository.openWorktree(path);
  const patterns = resolve(worktree.path, patternFile);
  if (!(await pathExists(patterns))) return [];
  const { stdout } = await worktree.run(['ls-files', '-z', '--others', '--ignored', `--exclude-from=${patterns}`]);
  const files = splitNul(stdout).filter((file) => !file.endsWith('/'));
  return ignoredPaths(repository, worktree.path, files);
}

/**
 * Of some changes against a commit, those that are only git's own conversion: the file is exactly what git writes for that commit, and what git would
 * store of it is something else. Line ends committed before a rule for them do so, and filters. Such files are changed right after a checkout.
 */
export async function convertedOnly(
  { networkVariables, scratch: folders }: Repository,
  worktree: Worktree,
  changes: readonly RawChange[],
): Promise<readonly RawChange[]> {
  // New rules for conversion are a change of their own, and what follows from them belongs to it.
  if (changes.some(({ path }) => basename(path) === '.gitattributes')) return [];
  const candidates = changes.filter(({ oldMode, newMode }) => oldMode === newMode && oldMode !== GITLINK && oldMode !== '120000');
  if (candidates.length === 0) return [];
  return withScratchFolder(folders, async (scratch) => {
    // Large files stay pointers: what is compared is what git itself stores.
    const variables = { ...networkVariables, GIT_LFS_SKIP_SMUDGE: '1', GIT_INDEX_FILE: join(scratch, 'index') };
    const input = candidates.map(({ oldMode, oldObject, path }) => `${oldMode} ${oldObject}\t${path}\0`).join('');
    await worktree.run(['update-index', '-z', '--index-info'], { variables, input });
    const written = join(scratch, 'files');
    // A filter that fails writes nothing: its file counts as changed.
    await worktree.run(['checkout-index', '--all', '--force', '--quiet', `--prefix=${written}/`], { variables, answers: [0, 1, 128] });
    const equal: RawChange[] = [];
    for (const change of candidates)
      if (await isSameContent(join(worktree.path, change.path), join(written, change.path))) equal.push(change);
    return equal;
  });
}

async function isSameContent(one: string, other: string): Promise<boolean> {
  try {
    const [first, second] = [await lstat(one), await lstat(other)];
    if (!first.isFile() || !second.isFile() || first.size !== second.size) return false;
    const rest = createReadStream(other)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    // Streams of equal files come in equal pieces.
    for await (const piece of createReadStream(one) as AsyncIterable<Buffer>) {
      const { value } = (await rest.next()) as IteratorResult<Buffer, undefined>;
      if (value === undefined || !piece.equals(value)) return false;
    }
    return true;
  } catch (error) {
    if (isMissingFile(error)) return false;
    throw error;
  }
}
