import type { WorktreeEntry } from '@nx-fleet/core';
import { withRetries } from '../command/retry.js';
import type { Repository } from '../repository/repository.js';

export interface ListedWorktree extends WorktreeEntry {
  readonly bare: boolean;
  /** git locks a worktree with the reason `initializing` while it makes it. */
  readonly lockReason: string | null;
}

export const LIST = ['worktree', 'list', '--porcelain', '-z'] as const;

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
