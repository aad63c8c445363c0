import { basename, dirname } from 'node:path';
import { printableLine } from '@nx-fleet/core';
import { pathExists } from '@nx-fleet/system';
import type { Repository } from '../repository/repository.js';
import { isSameFile, keepContents, keepFile, type Watched } from './watched.js';

// What git, Git LFS, editors and our own tasks write while users work, and what runs nothing. `submodule.<name>.update` may be a command.
const LIVELY =
  /^(?:branch\.|submodule\.(?:active|.*\.(?:url|active))$|lfs\.(?:.*\.(?:access|locksverify)|repositoryformatversion)$|core\.repositoryformatversion$)/;
// Where our own fetches go is `origin`; any other remote is asked for nothing until the user does.
const REMOTE = /^remote\.(.+)\.(?:url|fetch|gh-resolved)$/s;
/** What our own tasks write to the file of a worktree. */
export const SPARSE = /^(?:core\.sparsecheckout(?:cone)?|index\.sparse)$/;

type Entries = ReadonlyMap<string, readonly string[]>;

/** Watches a file of git's configuration, key by key: those that change in everyday work are left out. @param alsoLively other keys that may change */
export async function watchConfiguration(repository: Repository, file: string, alsoLively?: RegExp): Promise<Watched> {
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
