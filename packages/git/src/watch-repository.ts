import { printableLine, type RepositoryWatch, type Restoration, type WatchRequest } from '@nx-fleet/core';
import type { Repository } from './repository.js';
import { watchHead } from './watched-head.js';
import { watchRefs } from './watched-refs.js';
import { watchSetup } from './watched-setup.js';
import { watchStash } from './watched-stash.js';
import { watchMainWorktree } from './watched-worktree.js';
import type { Keep, Watched } from './watched.js';

/** Remembers how the repository is, to compare it later, and to put it back. */
export async function watchRepository(repository: Repository, request: WatchRequest): Promise<RepositoryWatch> {
  const { what, worktree, othersBranches } = request;
  const isMain = (await repository.locate()).mainWorktree === worktree;
  const heads = isMain ? [] : [await watchHead(repository, worktree)];
  const setup = [...(await watchSetup(repository, request)), ...heads];
  const parts = what === 'setup' ? setup : [...setup, ...(await watchWork(repository, othersBranches))];
  return {
    restore: async (keep) => {
      const [found, left]: [string[], string[]] = [[], []];
      // Part by part, the setup first: whatever runs after it runs under it.
      for (const part of parts) {
        const outcome = await restorePart(part, keep);
        found.push(...outcome.found);
        left.push(...outcome.left);
      }
      return { found, left };
    },
  };
}

/** A part that fails is left to the user: those behind it, and the worktree, are put back all the same. */
async function restorePart(part: Watched, keep: Keep): Promise<Restoration> {
  const found: string[] = [];
  try {
    found.push(...(await part.differences()));
    if (found.length > 0) await part.putBack(keep);
    return { found, left: found.length === 0 ? [] : await part.differences() };
  } catch (error) {
    const fault = `something that could not be restored (${printableLine(String(error))})`;
    return found.length === 0 ? { found: [fault], left: [fault] } : { found, left: [...found, fault] };
  }
}

async function watchWork(repository: Repository, othersBranches: () => Promise<readonly string[]>): Promise<readonly Watched[]> {
  const isOthers = async (branch: string): Promise<boolean> => (await othersBranches()).includes(branch);
  const isOthersRef = async (ref: string): Promise<boolean> => ref.startsWith('refs/heads/') && isOthers(ref.slice('refs/heads/'.length));
  // Refs before the worktree, whose files are compared with what HEAD leads to.
  return [await watchRefs(repository, isOthersRef), await watchStash(repository, isOthers), await watchMainWorktree(repository)];
}
