import { basename } from 'node:path';
import { printableLine } from '@nx-fleet/core';
import { isSameFile, keepFile, restoreFile } from './kept-file.js';
import type { Repository } from './repository.js';
import type { Watched } from './watched.js';

// What git, editors and our own tasks write while people work, and what runs nothing.
const LIVELY = /^(?:branch\.|submodule\.|extensions\.worktreeconfig$|core\.repositoryformatversion$)/;

type Entries = ReadonlyMap<string, readonly string[]>;

/** Watches a file of git's configuration, key by key: those that change in everyday work are left out. */
export async function watchConfiguration(repository: Repository, file: string): Promise<Watched> {
  const [before, entriesBefore] = [await keepFile(file), await readEntries(repository, file)];
  const changedKeys = async (): Promise<readonly string[]> => {
    if (isSameFile(before, await keepFile(file))) return [];
    const now = await readEntries(repository, file);
    if (now === null || entriesBefore === null) return now === entriesBefore ? [] : ['all of it'];
    return [...new Set([...entriesBefore.keys(), ...now.keys()])].filter((key) => !isEqual(entriesBefore.get(key), now.get(key)));
  };
  return {
    differences: async () =>
      (await changedKeys())
        .filter((key) => !LIVELY.test(key))
        .map((key) => `"${printableLine(key)}" in git's ${basename(file) === 'config' ? 'configuration' : basename(file)}`),
    putBack: async () => {
      const keys = await changedKeys();
      const suspicious = keys.filter((key) => !LIVELY.test(key));
      if (suspicious.length === 0) return;
      const isGone = (await keepFile(file)).mode === null;
      if (entriesBefore === null || suspicious.length === keys.length || isGone) await restoreFile(file, before);
      else for (const key of suspicious) await restoreKey(repository, file, { key, values: entriesBefore.get(key) ?? [] });
    },
  };
}

interface Entry {
  readonly key: string;
  readonly values: readonly string[];
}

async function restoreKey(repository: Repository, file: string, { key, values }: Entry): Promise<void> {
  // 5 says that there is no such key.
  await repository.inMain(['config', '--file', file, '--unset-all', key], { answers: [0, 5] });
  for (const value of values) await repository.inMain(['config', '--file', file, '--add', key, value]);
}

/** Values by key, or null when git cannot read the file. */
async function readEntries(repository: Repository, file: string): Promise<Entries | null> {
  const { exitCode, stdout } = await repository.inMain(['config', '--file', file, '--no-includes', '--list', '-z'], {
    answers: [0, 1, 3, 128],
  });
  // A file that is not there has no entries.
  if (exitCode !== 0) return (await keepFile(file)).mode === null ? new Map() : null;
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
