import type { RepositoryWatch, WatchRequest } from '@nx-fleet/core';
import type { Repository } from './repository.js';
import { watchHead } from './watched-head.js';
import { watchRefs } from './watched-refs.js';
import { watchSetup } from './watched-setup.js';
import { watchStash } from './watched-stash.js';
import { watchMainWorktree } from './watched-worktree.js';
import type { Watched } from './watched.js';

/** Remembers how the repository is, to compare it later, and to put it back. */
export async function watchRepository(repository: Repository, { what, worktree, othersBranches }: WatchRequest): Promise<RepositoryWatch> {
  const setup = [...(await watchSetup(repository)), await watchHead(repository, worktree)];
  const parts = what === 'setup' ? setup : [...setup, ...(await watchWork(repository, othersBranches))];
  return {
    restore: async (keep) => {
      const [found, left]: [string[], string[]] = [[], []];
      // Part by part, the setup first: whatever runs after it runs under it.
      for (const part of parts) {
        const differences = await part.differences();
        if (differences.length === 0) continue;
        await part.putBack(keep);
        found.push(...differences);
        left.push(...(await part.differences()));
      }
      return { found, left };
    },
  };
}

async function watchWork(repository: Repository, othersBranches: () => Promise<readonly string[]>): Promise<readonly Watched[]> {
  const isOthers = async (branch: string): Promise<boolean> => (await othersBranches()).includes(branch);
  const isOthersRef = async (ref: string): Promise<boolean> => ref.startsWith('refs/heads/') && isOthers(ref.slice('refs/heads/'.length));
  // Refs before the worktree, whose files are compared with what HEAD leads to.
  return [await watchRefs(repository, isOthersRef), await watchStash(repository, isOthers), await watchMainWorktree(repository)];
}
