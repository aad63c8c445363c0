import { lstat, readdir, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { printableLine } from '@nx-fleet/core';
import { isInside, isMissingFile, nullIfAbsent, pathExists, readFileIfPresent } from '@nx-fleet/system';

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
export async function registrationOf(path: string, commonDirectory: string): Promise<string | null> {
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
