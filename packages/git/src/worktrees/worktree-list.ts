import { lstat, readdir, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { printableLine, type WorktreeEntry } from '@nx-fleet/core';
import { isInside, isMissingFile, nullIfAbsent, pathExists, readFileIfPresent } from '@nx-fleet/system';
import { withRetries } from '../command/run-git.js';
import type { Repository } from '../repository/repository.js';

export interface ListedWorktree extends WorktreeEntry {
  readonly bare: boolean;
  /** git locks a worktree with the reason `initializing` while it makes it. */
  readonly lockReason: string | null;
}

export const LIST = ['worktree', 'list', '--porcelain', '-z'] as const;

/** Held while registrations of worktrees change. */
export function worktreeLease(commonDirectory: string): string {
  return join(commonDirectory, 'nx-fleet', 'worktree.lease');
}

/** All worktrees, the main one first; a bare repository itself is none. */
export async function listAllWorktrees(repository: Repository): Promise<readonly ListedWorktree[]> {
  const { stdout } = await withRetries(() => repository.inMain([...LIST]));
  const { mainWorktree, commonDirectory } = await repository.locate();
  // Of a submodule git lists its git folder as the main worktree.
  const worktrees = parseWorktreeList(stdout)
    .filter(({ bare }) => !bare)
    .map((worktree) => (worktree.path === commonDirectory ? { ...worktree, path: mainWorktree } : worktree));
  const isMain = ({ path }: ListedWorktree): boolean => path === mainWorktree;
  return [...worktrees.filter(isMain), ...worktrees.filter((worktree) => !isMain(worktree))];
}

/** All worktrees, the main one first, without what only this package asks for. */
export async function listWorktrees(repository: Repository): Promise<readonly WorktreeEntry[]> {
  const worktrees = await listAllWorktrees(repository);
  return worktrees.map(({ path, head, branch, locked }) => ({ path, head, branch, locked }));
}

/** Reads what `LIST` answers: attributes ended by NUL, worktrees by an empty one. */
export function parseWorktreeList(text: string): readonly ListedWorktree[] {
  return text
    .split('\0\0')
    .map((record) => record.split('\0').filter((line) => line !== ''))
    .filter((lines) => lines.length > 0)
    .map(parseWorktree);
}

function parseWorktree(lines: readonly string[]): ListedWorktree {
  const head = attribute(lines, 'HEAD');
  return {
    path: attribute(lines, 'worktree') ?? '',
    // An unborn branch is listed with an id of zeros.
    head: head === null || /^0*$/.test(head) ? null : head,
    branch: attribute(lines, 'branch')?.replace(/^refs\/heads\//, '') ?? null,
    locked: attribute(lines, 'locked') !== null,
    bare: attribute(lines, 'bare') !== null,
    lockReason: attribute(lines, 'locked'),
  };
}

function attribute(lines: readonly string[], name: string): string | null {
  const line = lines.find((candidate) => candidate === name || candidate.startsWith(`${name} `));
  return line === undefined ? null : line.slice(name.length + 1);
}

/** The real path of something that may not exist yet, as git will print it. */
export async function canonicalPath(path: string): Promise<string> {
  if (!isAbsolute(path)) throw new Error(`Worktree "${printableLine(path)}" is not an absolute path`);
  try {
    return await realpath(path);
  } catch (error) {
    if (!isMissingFile(error) || dirname(path) === path) throw error;
    return join(await canonicalPath(dirname(path)), basename(path));
  }
}

/** The names in a folder; null when there is none, or something else. */
export async function folderContent(path: string): Promise<readonly string[] | null> {
  return readdir(path).catch(nullIfAbsent);
}

/** The text of a small file, trimmed; null when it is missing. */
export async function readLine(path: string): Promise<string | null> {
  return (await readFileIfPresent(path))?.trim() ?? null;
}

/** Whether the folder's `.git` file says that it is a worktree of this repository. */
export async function pointsInto(path: string, commonDirectory: string): Promise<boolean> {
  const target = await gitFileTarget(path);
  return target !== null && isInside(await canonicalPath(target), join(commonDirectory, 'worktrees'));
}

/** Where a worktree's HEAD and index are, if it and its registration name each other; null for all that only git itself can judge. */
export async function findRegistration(path: string, commonDirectory: string): Promise<string | null> {
  if (join(path, '.git') === commonDirectory) return commonDirectory;
  const target = await gitFileTarget(path);
  if (target === null) return null;
  const registration = await canonicalPath(target);
  const [gitFile, head] = await Promise.all([readLine(join(registration, 'gitdir')), readLine(join(registration, 'HEAD'))]);
  const isWhole = gitFile === join(path, '.git') && head !== null && head !== '';
  return isWhole && dirname(registration) === join(commonDirectory, 'worktrees') ? registration : null;
}

/** The folder that a `.git` file names; null where there is none, or a folder. */
async function gitFileTarget(path: string): Promise<string | null> {
  const gitFile = join(path, '.git');
  if (!(await pathExists(gitFile)) || !(await lstat(gitFile)).isFile()) return null;
  const target = /^gitdir: (.+)$/s.exec((await readLine(gitFile)) ?? '')?.[1];
  if (target === undefined) return null;
  return isAbsolute(target) ? target : join(path, target);
}
