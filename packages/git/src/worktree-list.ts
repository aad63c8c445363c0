import type { WorktreeEntry } from '@nx-fleet/core';
import type { Repository } from './repository.js';
import { hasGitVersion } from './git-version.js';
import { withRetries } from './retry.js';

export interface ListedWorktree extends WorktreeEntry {
  readonly bare: boolean;
  /** git locks a worktree with the reason `initializing` while it makes it. */
  readonly lockReason: string | null;
}

/** All worktrees, the main one first; a bare repository itself is none. */
export async function listAllWorktrees(repository: Repository): Promise<readonly ListedWorktree[]> {
  // Older gits cannot end the lines with NUL, and so cannot tell a path with a line break.
  const ends = await hasGitVersion(repository, { major: 2, minor: 36 });
  const list = ['worktree', 'list', '--porcelain', ...(ends ? ['-z'] : [])];
  const { stdout } = await withRetries(() => repository.inMain(list));
  const { mainWorktree, commonDirectory } = await repository.locate();
  // Of a submodule git lists its git folder as the main worktree.
  const worktrees = parseWorktreeList(stdout, ends ? '\0' : '\n')
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

/** Reads `git worktree list --porcelain`: attributes ended by `end`, worktrees by an empty one. */
export function parseWorktreeList(text: string, end: string): readonly ListedWorktree[] {
  return text
    .split(end + end)
    .map((record) => record.split(end).filter((line) => line !== ''))
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
