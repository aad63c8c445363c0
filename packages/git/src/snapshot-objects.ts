import { join } from 'node:path';
import { withScratchFolder } from '@nx-fleet/core';
import { NO_CONFIGURATION } from './environment.js';
import type { Repository } from './repository.js';
import type { SnapshotGit } from './snapshot.js';

export interface ObjectsRequest {
  /** Folder of an initialized repository that has no objects yet. */
  readonly directory: string;
  /** Finds or makes a tree, with a git that has all objects of the repository and writes none into it. */
  readonly derive: (git: SnapshotGit) => Promise<string>;
  /** Ids of trees of the repository that are wanted besides the derived one. */
  readonly trees: readonly string[];
}

// The pack is not kept: looking for deltas would cost more than the bytes that they save.
const PACK: readonly string[] = ['pack-objects', '--revs', '--quiet', '--window=0', '--compression=1'];

/**
 * Gives a new repository exactly the objects of some trees of another one, as a pack of its own. A store that is borrowed instead would show
 * a reader that asks for all objects each commit message and file that anybody ever wrote.
 * @returns the derived tree
 */
export async function copyTrees(repository: Repository, { directory, derive, trees }: ObjectsRequest): Promise<string> {
  const { commonDirectory } = await repository.locate();
  return withScratchFolder(repository.scratch, async (scratch) => {
    const variables = {
      ...NO_CONFIGURATION,
      GIT_DIR: join(directory, '.git'),
      GIT_OBJECT_DIRECTORY: scratch,
      GIT_ALTERNATE_OBJECT_DIRECTORIES: quotePath(join(commonDirectory, 'objects')),
    };
    const git: SnapshotGit = async (args, options) =>
      (
        await repository.run({ cwd: scratch, arguments: args, ...options, variables: { ...variables, ...options?.variables } })
      ).stdout.trimEnd();
    const derived = await derive(git);
    const wanted = [...new Set([...trees, derived])].map((tree) => `${tree}\n`).join('');
    await git([...PACK, join(directory, '.git', 'objects', 'pack', 'pack')], { input: wanted });
    return derived;
  });
}

/** git ends an unquoted entry of a list of folders at a colon. */
function quotePath(path: string): string {
  return `"${path.replace(/["\\]/g, String.raw`\$&`).replace(/\n/g, String.raw`\n`)}"`;
}
