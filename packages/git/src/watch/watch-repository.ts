import { printableLine, type RepositoryWatch, type WatchRequest } from '@nx-fleet/core';
import type { Repository } from '../repository/repository.js';
import { watchHead, watchRefs, watchStash } from './watched-refs.js';
import { watchSetup } from './watched-setup.js';
import { watchMainWorktree } from './watched-worktree.js';
import type { Keep, Watched } from './watched.js';

/** Remembers how the repository is, to compare it later. */
export async function watchRepository(repository: Repository, request: WatchRequest): Promise<RepositoryWatch> {
  const { what, worktree, othersBranches } = request;
  const isMain = (await repository.locate()).mainWorktree === worktree;
  const heads = isMain ? [] : [await watchHead(repository, worktree)];
  const setup = [...(await watchSetup(repository, request)), ...heads];
  const parts = what === 'setup' ? setup : [...setup, ...(await watchWork(repository, othersBranches))];
  return {
    compare: async (keep) => {
      const found: string[] = [];
      for (const part of parts) found.push(...(await comparePart(part, keep)));
      return found;
    },
  };
}

/** A part that cannot be compared or kept is reported; the parts after it are compared all the same. */
async function comparePart(part: Watched, keep: Keep): Promise<readonly string[]> {
  const found: string[] = [];
  try {
    found.push(...(await part.differences()));
    if (found.length > 0) await part.keepLost(keep);
    return found;
  } catch (error) {
    return [...found, `something that cannot be compared or kept (${printableLine(String(error))})`];
  }
}

async function watchWork(repository: Repository, othersBranches: () => Promise<readonly string[]>): Promise<readonly Watched[]> {
  const isOthers = async (branch: string): Promise<boolean> => (await othersBranches()).includes(branch);
  const isOthersRef = async (ref: string): Promise<boolean> => ref.startsWith('refs/heads/') && isOthers(ref.slice('refs/heads/'.length));
  return [await watchRefs(repository, isOthersRef), await watchStash(repository, isOthers), await watchMainWorktree(repository)];
}
