import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { printableLine, type WatchRequest } from '@nx-fleet/core';
import { isInside, isMissingFile } from '@nx-fleet/system';
import { splitNul } from '../command/git-output.js';
import type { Repository } from '../repository/repository.js';
import { folderContent } from '../worktrees/worktree-path.js';
import { SPARSE, watchConfiguration } from './watched-configuration.js';
import { ABSENT, isSameFile, keepContents, keepFile, type KeptFile, type Watched } from './watched.js';

/** What decides what git runs and how it reads files: configuration, hooks, attributes, object stores. Users seldom change it, and our own tasks never. */
export async function watchSetup(
  repository: Repository,
  { what, worktree }: Pick<WatchRequest, 'what' | 'worktree'>,
): Promise<readonly Watched[]> {
  const { commonDirectory } = await repository.locate();
  const own = join((await repository.openWorktree(worktree)).gitDirectory, 'config.worktree');
  const hooks = [join(commonDirectory, 'hooks'), ...(await configuredHooks(repository, what))];
  return Promise.all([
    watchConfiguration(repository, join(commonDirectory, 'config')),
    watchConfiguration(repository, own),
    ...(await otherConfigurations(commonDirectory, own)).map((file) => watchConfiguration(repository, file, SPARSE)),
    watchFiles(repository, 'hook', async () => (await Promise.all(hooks.map(filesIn))).flat()),
    watchFiles(repository, 'file', async () =>
      ['info/attributes', 'info/grafts', 'objects/info/alternates'].map((name) => join(commonDirectory, name)),
    ),
  ]);
}

/** Those of the main worktree and of linked ones: the next of our commands there would run what they say. */
async function otherConfigurations(commonDirectory: string, own: string): Promise<readonly string[]> {
  const linked = (await folderContent(join(commonDirectory, 'worktrees'))) ?? [];
  const folders = [commonDirectory, ...linked.map((name) => join(commonDirectory, 'worktrees', name))];
  return folders.map((folder) => join(folder, 'config.worktree')).filter((file) => file !== own);
}

/** The folder of `core.hooksPath`, if there is one. In the main worktree it is the user's to edit, as the other files there are. */
async function configuredHooks(repository: Repository, what: WatchRequest['what']): Promise<readonly string[]> {
  const key = ['config', '-z', '--type=path', '--get-all', 'core.hooksPath'];
  const { stdout } = await repository.inMain(key, { answers: [0, 1] });
  // The last value is the one that our own commands are started with.
  const path = splitNul(stdout).slice(0, -1).at(-1);
  if (path === undefined) return [];
  const { commonDirectory, mainWorktree } = await repository.locate();
  const folder = resolve(mainWorktree, path);
  return what === 'setup' && isInside(folder, mainWorktree) && !isInside(folder, commonDirectory) ? [] : [folder];
}

async function watchFiles(repository: Repository, word: string, list: () => Promise<readonly string[]>): Promise<Watched> {
  const before = new Map<string, KeptFile>();
  for (const path of await list()) before.set(path, await keepFile(path));
  const changed = async (): Promise<readonly string[]> => {
    const paths = [...new Set([...before.keys(), ...(await list())])];
    const same = await Promise.all(paths.map(async (path) => isSameFile(before.get(path) ?? ABSENT, await keepFile(path))));
    return paths.filter((_, index) => !same[index]);
  };
  return {
    differences: async () => (await changed()).map((path) => `${word} "${printableLine(path)}"`),
    keepLost: async (keep) => {
      const lost = (await changed()).flatMap((path) => [[path, before.get(path) ?? ABSENT] as const]);
      await keepContents(repository, new Map(lost), keep);
    },
  };
}

async function filesIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true, recursive: true });
    return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (isMissingFile(error)) return [];
    throw error;
  }
}
