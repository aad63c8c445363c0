import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { printableLine, type WatchRequest } from '@nx-fleet/core';
import { isInside, isMissingFile, pathExists } from '@nx-fleet/system';
import { splitNul } from '../command/git-output.js';
import type { Repository } from '../repository/repository.js';
import { folderContent } from '../worktrees/worktree-list.js';
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

// What git, Git LFS, editors and our own tasks write while users work, and what runs nothing. `submodule.<name>.update` may be a command.
const LIVELY =
  /^(?:branch\.|submodule\.(?:active|.*\.(?:url|active))$|lfs\.(?:.*\.(?:access|locksverify)|repositoryformatversion)$|core\.repositoryformatversion$)/;
// Where our own fetches go is `origin`; any other remote is asked for nothing until the user does.
const REMOTE = /^remote\.(.+)\.(?:url|fetch|gh-resolved)$/s;
/** What our own tasks write to the file of a worktree. */
const SPARSE = /^(?:core\.sparsecheckout(?:cone)?|index\.sparse)$/;

type Entries = ReadonlyMap<string, readonly string[]>;

/** Watches a file of git's configuration, key by key: those that change in everyday work are left out. @param alsoLively other keys that may change */
async function watchConfiguration(repository: Repository, file: string, alsoLively?: RegExp): Promise<Watched> {
  const [before, entriesBefore] = [await keepFile(file), await readEntries(repository, file)];
  const changedKeys = async (): Promise<readonly string[]> => {
    // Without its folder, the worktree that it was for is gone, and it with it.
    if (isSameFile(before, await keepFile(file)) || !(await pathExists(dirname(file)))) return [];
    const now = await readEntries(repository, file);
    if (now === null || entriesBefore === null) return now === entriesBefore ? [] : ['all of it'];
    return [...new Set([...entriesBefore.keys(), ...now.keys()])].filter((key) => !isEqual(entriesBefore.get(key), now.get(key)));
  };
  const isLively = (key: string): boolean =>
    LIVELY.test(key) || alsoLively?.test(key) === true || isOfNewRemote(key, entriesBefore ?? new Map());
  return {
    differences: async () =>
      (await changedKeys())
        .filter((key) => !isLively(key))
        .map((key) => `"${printableLine(key)}" in git's ${basename(file) === 'config' ? 'configuration' : basename(file)}`),
    keepLost: (keep) => keepContents(repository, new Map([[file, before]]), keep),
  };
}

function isOfNewRemote(key: string, before: Entries): boolean {
  const name = REMOTE.exec(key)?.[1];
  if (name === undefined || name === 'origin') return false;
  return key.endsWith('.gh-resolved') || ![...before.keys()].some((other) => other.startsWith(`remote.${name}.`));
}

/** Values by key, or null when git cannot read the file. */
async function readEntries(repository: Repository, file: string): Promise<Entries | null> {
  if ((await keepFile(file)).mode === null) return new Map();
  const { exitCode, stdout } = await repository.inMain(['config', '--file', file, '--no-includes', '--list', '-z'], {
    answers: [0, 1, 3, 128],
  });
  if (exitCode !== 0) return null;
  const entries = new Map<string, string[]>();
  for (const record of stdout.split('\0').filter((text) => text !== '')) {
    const end = record.indexOf('\n');
    const key = end === -1 ? record : record.slice(0, end);
    // A key without a value is true.
    entries.set(key, [...(entries.get(key) ?? []), end === -1 ? 'true' : record.slice(end + 1)]);
  }
  return entries;
}

function isEqual(one: readonly string[] = [], other: readonly string[] = []): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}
