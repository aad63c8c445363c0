import { constants, type Dirent } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathExists } from '@nx-fleet/system';
import { splitNul } from '../command/git-output.js';
import type { GitOptions, GitOutput } from '../command/run-git.js';
import type { Repository, Worktree } from '../repository/repository.js';
import { pointsInto } from '../worktrees/worktree-list.js';

type Git = (args: readonly string[], options?: GitOptions) => Promise<GitOutput>;

export interface EmbeddedRepositories {
  /** Folders with a repository of their own that git does not track and does not ignore; without a slash at the end. */
  readonly foreign: readonly string[];
  /** Those that are linked worktrees of this repository: their work is theirs. */
  readonly linked: readonly string[];
}

/** Looks for repositories in a worktree, at any depth, whether they have a commit or not. */
export async function findEmbedded(repository: Repository, worktree: Worktree, git: Git): Promise<EmbeddedRepositories> {
  const { commonDirectory } = await repository.locate();
  // Of all that git lists only such a folder ends with a slash; `killed` are those in the place of a file.
  const { stdout } = await git(['ls-files', '-z', '--others', '--killed', '--exclude-standard']);
  const folders = [...new Set(splitNul(stdout).flatMap((path) => (path.endsWith('/') ? [path.slice(0, -1)] : [])))];
  const linked: string[] = [];
  for (const folder of folders) if (await pointsInto(join(worktree.path, folder), commonDirectory)) linked.push(folder);
  return { foreign: folders.filter((folder) => !linked.includes(folder)), linked };
}

/** The files in such folders that neither the worktree's rules nor their own ignore, with repositories inside of them. */
export async function filesInEmbedded(worktree: Worktree, folders: readonly string[], git: Git): Promise<readonly string[]> {
  const files: string[] = [];
  for (let level = folders; level.length > 0;) {
    const entries = (await Promise.all(level.map((folder) => entriesOf(worktree, folder)))).flat();
    const ignored = await ignoredAmong(
      entries.map(({ path }) => path),
      git,
    );
    const kept = entries.filter(({ path }) => !ignored.has(path));
    for (const { path, entry } of kept)
      if ((entry.isFile() || entry.isSymbolicLink()) && (await isReadable(worktree, path, entry))) files.push(path);
    level = kept.filter(({ entry }) => entry.isDirectory()).map(({ path }) => path);
  }
  return files;
}

interface FolderEntry {
  readonly path: string;
  readonly entry: Dirent;
}

async function entriesOf(worktree: Worktree, folder: string): Promise<readonly FolderEntry[]> {
  const directory = join(worktree.path, folder);
  if (!(await pathExists(directory)) || !(await isAllowed(directory, constants.R_OK))) return [];
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter(({ name }) => name.toLowerCase() !== '.git' && !name.includes('\uFFFD'))
    .map((entry) => ({ path: `${folder}/${entry.name}`, entry }));
}

async function ignoredAmong(paths: readonly string[], git: Git): Promise<ReadonlySet<string>> {
  if (paths.length === 0) return new Set();
  // A name such as `:(top)x` is a name here, and no pathspec.
  const input = paths.map((path) => `./${path}\0`).join('');
  const { stdout } = await git(['check-ignore', '--no-index', '-z', '--stdin'], { input, answers: [0, 1] });
  return new Set(splitNul(stdout).map((path) => path.slice(2)));
}

async function isReadable(worktree: Worktree, path: string, entry: Dirent): Promise<boolean> {
  return entry.isSymbolicLink() || isAllowed(join(worktree.path, path), constants.R_OK);
}

async function isAllowed(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
