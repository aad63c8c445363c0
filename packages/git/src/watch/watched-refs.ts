import { printableLine } from '@nx-fleet/core';
import { splitNul } from '../command/git-output.js';
import type { Repository, Worktree } from '../repository/repository.js';
import { resolveCommit } from '../repository/revisions.js';
import type { Watched } from './watched.js';

/** Refs that fetches and our own tasks move, and the stash, which is compared by its entries. */
const LIVELY = /^refs\/(?:remotes\/|nx-fleet\/|stash$|prefetch\/|bisect\/)/;

/** Watches branches, tags, notes and whatever else stands under `refs/`, but for those that others may move. @param isOthers asked at each comparison */
export async function watchRefs(repository: Repository, isOthers: (ref: string) => Promise<boolean>): Promise<Watched> {
  const before = await readRefs(repository);
  const changed = async (): Promise<readonly string[]> => {
    const now = await readRefs(repository);
    const names = [...new Set([...before.keys(), ...now.keys()])].filter((ref) => before.get(ref) !== now.get(ref));
    const others = await Promise.all(names.map(isOthers));
    return names.filter((_, index) => others[index] === false);
  };
  return {
    differences: async () => (await changed()).map((ref) => `"${printableLine(ref)}"`),
    keepLost: async (keep) => {
      for (const ref of await changed()) {
        const commit = await resolveCommit(repository, before.get(ref) ?? '');
        if (commit !== null) await keep(commit);
      }
    },
  };
}

async function readRefs(repository: Repository): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await repository.inMain(['for-each-ref', '--format=%(refname)%00%(objectname)']);
  const entries = stdout.split('\n').map((line) => line.split('\0') as [string, string]);
  return new Map(entries.filter(([ref]) => ref !== '' && !LIVELY.test(ref)));
}

/** Watches which branch, or which commit, a worktree is on. */
export async function watchHead(repository: Repository, path: string): Promise<Watched> {
  const worktree = await repository.openWorktree(path);
  const before = await readHead(worktree);
  const isSame = async (): Promise<boolean> => (await readHead(worktree)) === before;
  return {
    differences: async () => ((await isSame()) ? [] : [`HEAD of "${printableLine(worktree.path)}"`]),
    // A commit that only a detached HEAD named.
    keepLost: async (keep) => (before === '' || before.startsWith('refs/') ? undefined : keep(before)),
  };
}

/** A ref, or the commit of a detached HEAD; empty when it is neither. */
export async function readHead({ run }: Worktree): Promise<string> {
  const symbolic = await run(['symbolic-ref', '-q', 'HEAD'], { answers: [0, 1, 128] });
  if (symbolic.exitCode === 0) return symbolic.stdout.trim();
  return (await run(['rev-parse', '--verify', '-q', 'HEAD'], { answers: [0, 1, 128] })).stdout.trim();
}

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
