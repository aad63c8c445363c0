import { lstat, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { printableLine, UserError, type RepositoryLocation } from '@nx-fleet/core';
import { isMissingFile } from './file-errors.js';
import type { GitRunner } from './run-git.js';
import { parseWorktreeList } from './worktree-list.js';

/** @throws UserError when the folder is in no git repository, in a bare one, in a .git folder, or git is missing */
export async function locateRepository(run: GitRunner, directory: string): Promise<RepositoryLocation> {
  const name = printableLine(directory);
  if (!(await isFolder(directory))) throw new UserError(`"${name}" is no folder. Run this in a git repository.`);
  await requireRepository(run, directory);
  const kind = await run({ cwd: directory, arguments: ['rev-parse', '--is-bare-repository', '--is-inside-work-tree'] });
  const [bare, insideWorktree] = kind.stdout.split('\n');
  if (bare === 'true') throw bareError(name);
  if (insideWorktree !== 'true') throw new UserError(`"${name}" is inside of a .git folder. Run this in a worktree.`);
  const places = ['--show-toplevel', '--git-dir', '--git-common-dir'];
  const { stdout } = await run({ cwd: directory, arguments: ['rev-parse', '--path-format=absolute', ...places] });
  const [top = '', gitDirectory = '', common = ''] = stdout.split('\n');
  const currentWorktree = await realpath(top);
  const commonDirectory = await realpath(common);
  const isMain = (await realpath(gitDirectory)) === commonDirectory;
  const mainWorktree = isMain ? currentWorktree : await findMainWorktree(run, directory);
  return { mainWorktree, currentWorktree, commonDirectory };
}

async function findMainWorktree(run: GitRunner, directory: string): Promise<string> {
  const { stdout } = await run({ cwd: directory, arguments: ['worktree', 'list', '--porcelain'] });
  const main = parseWorktreeList(stdout, '\n')[0];
  if (main === undefined || main.bare) throw bareError(printableLine(directory));
  return realpath(main.path);
}

async function requireRepository(run: GitRunner, directory: string): Promise<void> {
  const found = await run({ cwd: directory, arguments: ['rev-parse', '--git-dir'], answers: [0, 128] });
  if (found.exitCode === 0) return;
  if (!(await hasGitFolderAbove(resolve(directory)))) {
    throw new UserError(`"${printableLine(directory)}" is in no git repository. Run git init and make a first commit.`);
  }
  // There is one that git does not want, for instance another user's: git's own words say why.
  await run({ cwd: directory, arguments: ['rev-parse', '--git-dir'] });
}

async function hasGitFolderAbove(directory: string): Promise<boolean> {
  try {
    await lstat(join(directory, '.git'));
    return true;
  } catch (error) {
    if (!isMissingFile(error)) throw error;
  }
  const parent = dirname(directory);
  return parent !== directory && hasGitFolderAbove(parent);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (isMissingFile(error)) return false;
    throw error;
  }
}

function bareError(name: string): UserError {
  return new UserError(`"${name}" belongs to a bare repository, which has no main worktree. Run this in an ordinary clone.`);
}
