import { realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { printableLine, type RepositoryLocation, UserError } from '@nx-fleet/core';
import { nullIfAbsent, pathExists } from '@nx-fleet/system';
import { type GitRunner, withRetries } from '../command/run-git.js';
import { LIST, type ListedWorktree, parseWorktreeList } from '../worktrees/worktree-list.js';

/**
 * Where a folder belongs. A bare repository with linked worktrees has no main one: there the worktree of its default branch acts as the main one,
 * and without such a worktree the one that the command was started in.
 * @throws UserError when the folder is in no git repository, in a bare one or a .git folder itself, or git is missing
 */
export async function locateRepository(run: GitRunner, directory: string): Promise<RepositoryLocation> {
  const name = printableLine(directory);
  if (!(await isFolder(directory))) throw new UserError(`"${name}" is not a directory. Run this in a git repository.`);
  const [places] = await Promise.all([placesIn(run, directory), requireGitVersion(run, directory)]);
  const [bare, insideWorktree, gitDirectory = '', common = '', top = ''] = places;
  if (bare === 'true') throw await bareError(run, directory);
  if (insideWorktree !== 'true') throw new UserError(`"${name}" is inside a .git folder. Run this in a worktree.`);
  const currentWorktree = await realpath(top);
  const commonDirectory = await realpath(common);
  const isMain = (await realpath(gitDirectory)) === commonDirectory;
  const mainWorktree = isMain ? currentWorktree : await findMainWorktree(run, { directory, currentWorktree, commonDirectory });
  return { mainWorktree, currentWorktree, commonDirectory };
}

interface LinkedPlace {
  readonly directory: string;
  readonly currentWorktree: string;
  readonly commonDirectory: string;
}

async function findMainWorktree(run: GitRunner, { directory, currentWorktree, commonDirectory }: LinkedPlace): Promise<string> {
  const [main, ...linked] = await listed(run, directory);
  if (main?.bare === false) return realpath((await placeOfSubmodule(run, commonDirectory)) ?? main.path);
  const branch = await bareDefaultBranch(run, commonDirectory);
  const found = linked.find((worktree) => worktree.branch !== null && worktree.branch === branch);
  return found !== undefined && (await isFolder(found.path)) ? realpath(found.path) : currentWorktree;
}

/** Where the files of a submodule are: git lists its git folder instead. Null for any other repository. */
async function placeOfSubmodule(run: GitRunner, commonDirectory: string): Promise<string | null> {
  const question = ['config', '--file', join(commonDirectory, 'config'), '--get', 'core.worktree'];
  const { exitCode, stdout } = await run({ cwd: commonDirectory, arguments: question, answers: [0, 1] });
  return exitCode === 0 ? resolve(commonDirectory, stdout.replace(/\n$/, '')) : null;
}

async function listed(run: GitRunner, directory: string): Promise<readonly ListedWorktree[]> {
  const { stdout } = await withRetries(() => run({ cwd: directory, arguments: [...LIST] }));
  return parseWorktreeList(stdout);
}

/** The branch that a bare repository's HEAD names, which a clone takes over from its remote; null when the repository is not bare. */
export async function bareDefaultBranch(run: GitRunner, commonDirectory: string): Promise<string | null> {
  const place = { cwd: commonDirectory, variables: { GIT_DIR: commonDirectory } };
  const bare = await run({ ...place, arguments: ['rev-parse', '--is-bare-repository'] });
  if (bare.stdout.trim() !== 'true') return null;
  const { exitCode, stdout } = await run({ ...place, arguments: ['symbolic-ref', '-q', 'HEAD'], answers: [0, 1] });
  return exitCode === 0 ? stdout.trim().replace(/^refs\/heads\//, '') : null;
}

/** What git tells about a folder, line by line; the last is missing where there is no worktree. */
async function placesIn(run: GitRunner, directory: string): Promise<readonly string[]> {
  const questions = [
    '--is-bare-repository',
    '--is-inside-work-tree',
    '--path-format=absolute',
    '--git-dir',
    '--git-common-dir',
    '--show-toplevel',
  ];
  const question = { cwd: directory, arguments: ['rev-parse', ...questions] };
  const { exitCode, stdout } = await run({ ...question, answers: [0, 128] });
  const places = stdout.split('\n');
  if (exitCode === 0 || places[1] === 'false') return places;
  if (!(await hasGitFolderAbove(resolve(directory)))) {
    throw new UserError(`"${printableLine(directory)}" is not inside a git repository. Run git init and make a first commit.`);
  }
  // There is one that git does not want, for instance another user's: git's own words say why.
  return (await run(question)).stdout.split('\n');
}

async function hasGitFolderAbove(directory: string): Promise<boolean> {
  const parent = dirname(directory);
  return (await pathExists(join(directory, '.git'))) || (parent !== directory && hasGitFolderAbove(parent));
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(nullIfAbsent))?.isDirectory() === true;
}

async function bareError(run: GitRunner, directory: string): Promise<UserError> {
  const worktree = (await listed(run, directory)).find(({ bare }) => !bare);
  const place =
    worktree === undefined
      ? 'Add one first: git worktree add main'
      : `Run this in one of its worktrees, such as "${printableLine(worktree.path)}".`;
  return new UserError(`"${printableLine(directory)}" belongs to a bare repository, which has no files. ${place}`);
}

/** `git merge-tree --write-tree` came with 2.38. @throws UserError when git is older */
async function requireGitVersion(run: GitRunner, directory: string): Promise<void> {
  const version = parseGitVersion((await run({ cwd: directory, arguments: ['version'] })).stdout);
  if (version.major < 2 || (version.major === 2 && version.minor < 38)) {
    throw new UserError(`git "${version.major}.${version.minor}" is too old. Install git 2.38 or newer.`);
  }
}

/** Reads `git version`'s line, which some systems end with a name of their own. */
function parseGitVersion(text: string): { readonly major: number; readonly minor: number } {
  const [, major, minor] = /\b(\d+)\.(\d+)/.exec(text) ?? [];
  if (major === undefined) throw new Error('git version printed no version');
  return { major: Number(major), minor: Number(minor) };
}
