import { printableLine } from '@nx-fleet/core';
import { splitNul } from '../command/git-output.js';
import type { Repository } from '../repository/repository.js';
import type { Watched } from './watched.js';

interface StashEntry {
  readonly commit: string;
  readonly message: string;
}

/** Watches the stash's entries, but for those that were made on other issues' branches. @param isOthers asked at each comparison */
export async function watchStash(repository: Repository, isOthers: (branch: string) => Promise<boolean>): Promise<Watched> {
  const before = await readStash(repository);
  const isForeign = async ({ message }: StashEntry): Promise<boolean> => isOthers(branchOf(message));
  const compare = async (): Promise<{ readonly added: readonly StashEntry[]; readonly gone: readonly StashEntry[] }> => {
    const now = await readStash(repository);
    return { added: await without(minus(now, before), isForeign), gone: await without(minus(before, now), isForeign) };
  };
  return {
    differences: async () => {
      const { added, gone } = await compare();
      const named =
        (word: string) =>
        ({ message }: StashEntry): string =>
          `${word} of the stash: "${printableLine(message)}"`;
      return [...added.map(named('a new entry')), ...gone.map(named('a lost entry'))];
    },
    keepLost: async (keep) => {
      for (const { commit } of (await compare()).gone) await keep(commit);
    },
  };
}

async function readStash(repository: Repository): Promise<readonly StashEntry[]> {
  const { stdout } = await repository.inMain(['stash', 'list', '-z', '--no-color', '--format=%H%x09%gs']);
  return splitNul(stdout).map((entry) => ({ commit: entry.slice(0, entry.indexOf('\t')), message: entry.slice(entry.indexOf('\t') + 1) }));
}

function minus(one: readonly StashEntry[], other: readonly StashEntry[]): readonly StashEntry[] {
  const known = new Set(other.map(({ commit }) => commit));
  return one.filter(({ commit }) => !known.has(commit));
}

async function without(entries: readonly StashEntry[], isLeft: (entry: StashEntry) => Promise<boolean>): Promise<readonly StashEntry[]> {
  const left = await Promise.all(entries.map(isLeft));
  return entries.filter((_, index) => left[index] === false);
}

/** git has no other record of the branch than the words that it begins an entry with. */
function branchOf(message: string): string {
  return /^(?:WIP on|On) (\S+): /.exec(message)?.[1] ?? '';
}
