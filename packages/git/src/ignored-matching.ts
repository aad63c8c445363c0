import { resolve } from 'node:path';
import { pathExists } from '@nx-fleet/system';
import type { Repository } from './repository.js';
import { splitNul } from './nul-separated.js';
import { ignoredPaths } from './work-tree-state.js';

/** Ignored, untracked files of a worktree that match a file of patterns in gitignore syntax; files in ignored folders too, nested repositories not. */
export async function ignoredMatching(repository: Repository, path: string, patternFile: string): Promise<readonly string[]> {
  const worktree = await repository.openWorktree(path);
  const patterns = resolve(worktree.path, patternFile);
  if (!(await pathExists(patterns))) return [];
  const { stdout } = await worktree.run(['ls-files', '-z', '--others', '--ignored', `--exclude-from=${patterns}`]);
  const files = splitNul(stdout).filter((file) => !file.endsWith('/'));
  return ignoredPaths(repository, worktree.path, files);
}
