import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { printableLine } from '@nx-fleet/core';
import { isMissingFile } from './file-errors.js';
import { ABSENT, isSameFile, keepFile, restoreFile, type KeptFile } from './kept-file.js';
import { splitNul } from './nul-separated.js';
import type { Repository } from './repository.js';
import { watchConfiguration } from './watched-configuration.js';
import type { Watched } from './watched.js';

/** What decides what git runs and how it reads files: configuration, hooks, attributes, object stores. People seldom change it, and our own tasks never. */
export async function watchSetup(repository: Repository): Promise<readonly Watched[]> {
  const { commonDirectory } = await repository.locate();
  const hooks = [join(commonDirectory, 'hooks'), ...(await configuredHooks(repository))];
  return Promise.all([
    watchConfiguration(repository, join(commonDirectory, 'config')),
    watchConfiguration(repository, join(commonDirectory, 'config.worktree')),
    watchFiles('hook', async () => (await Promise.all(hooks.map(filesIn))).flat()),
    watchFiles('file', async () =>
      ['info/attributes', 'info/grafts', 'objects/info/alternates'].map((name) => join(commonDirectory, name)),
    ),
  ]);
}

/** The folder of `core.hooksPath`, if there is one. */
async function configuredHooks(repository: Repository): Promise<readonly string[]> {
  const key = ['config', '-z', '--type=path', '--get-all', 'core.hooksPath'];
  const { stdout } = await repository.inMain(key, { answers: [0, 1] });
  // The last value is the one that our own commands are started with.
  const path = splitNul(stdout).slice(0, -1).at(-1);
  return path === undefined ? [] : [resolve((await repository.locate()).mainWorktree, path)];
}

async function watchFiles(word: string, list: () => Promise<readonly string[]>): Promise<Watched> {
  const before = new Map<string, KeptFile>();
  for (const path of await list()) before.set(path, await keepFile(path));
  const changed = async (): Promise<readonly string[]> => {
    const paths = [...new Set([...before.keys(), ...(await list())])];
    const same = await Promise.all(paths.map(async (path) => isSameFile(before.get(path) ?? ABSENT, await keepFile(path))));
    return paths.filter((_, index) => !same[index]);
  };
  return {
    differences: async () => (await changed()).map((path) => `${word} "${printableLine(path)}"`),
    putBack: async () => {
      for (const path of await changed()) await restoreFile(path, before.get(path) ?? ABSENT);
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
