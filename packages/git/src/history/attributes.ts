import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { withScratchFolder } from '@nx-fleet/core';
import { NO_CONFIGURATION } from '../command/environment.js';
import type { GitOptions, GitOutput } from '../command/run-git.js';
import type { Repository } from '../repository/repository.js';

const MERGE_CONFIGURATION = [
  'merge.renames=true',
  'merge.directoryRenames=conflict',
  'merge.renameLimit=7000',
  'merge.conflictStyle=merge',
];

type Git = (args: readonly string[], options?: GitOptions) => Promise<GitOutput>;

/** `git merge-tree` in such a place: it reads attributes from files only. */
export async function mergeTrees(
  repository: Repository,
  { base, flags, commits }: { readonly base: string; readonly flags: readonly string[]; readonly commits: readonly [string, string] },
): Promise<GitOutput> {
  return withTreeAttributes(repository, base, async (git) => {
    const { stdout } = await git(['ls-files', '-z', '--', '.gitattributes', ':(glob)**/.gitattributes']);
    if (stdout !== '') await git(['checkout-index', '--quiet', '-z', '--stdin'], { input: stdout });
    return git(['merge-tree', '--write-tree', ...flags, ...commits], { answers: [0, 1], configuration: MERGE_CONFIGURATION });
  });
}

/**
 * Acts with a git that reads attributes from a tree, through an index, and from no work tree and no configuration: they decide what counts as binary
 * and how files merge, and two machines must get the same. What such a git writes goes into the repository's objects.
 */
export async function withTreeAttributes<Result>(
  repository: Repository,
  tree: string,
  act: (git: Git) => Promise<Result>,
): Promise<Result> {
  const { commonDirectory } = await repository.locate();
  return withScratchFolder(repository.scratch, async (scratch) => {
    const cwd = join(scratch, 'empty');
    await mkdir(cwd);
    const place = await withoutOwnAttributes(repository, { commonDirectory, scratch, tree });
    const own = { ...repository.networkVariables, ...place, GIT_WORK_TREE: cwd, GIT_INDEX_FILE: join(scratch, 'index') };
    const git: Git = (args, options) =>
      repository.run({
        cwd,
        arguments: args,
        ...options,
        variables: { ...own, ...options?.variables },
        configuration: ['core.attributesFile=/dev/null', ...(options?.configuration ?? [])],
      });
    await git(['read-tree', tree]);
    return act(git);
  });
}

interface AttributesRequest {
  readonly commonDirectory: string;
  /** An empty folder of nx-fleet. */
  readonly scratch: string;
  readonly tree: string;
}

/** Attributes of this clone alone win over those of the tree: where there are some, git runs in a repository that borrows nothing but the objects. */
async function withoutOwnAttributes(
  { run }: Repository,
  { commonDirectory, scratch, tree }: AttributesRequest,
): Promise<Readonly<Record<string, string>>> {
  if (!existsSync(join(commonDirectory, 'info', 'attributes'))) return { GIT_DIR: commonDirectory };
  const directory = join(scratch, 'git');
  const format = tree.length === 64 ? 'sha256' : 'sha1';
  const init = ['init', '--quiet', '--bare', '--template=', `--object-format=${format}`, directory];
  await run({ cwd: scratch, arguments: init, variables: NO_CONFIGURATION });
  return { GIT_DIR: directory, GIT_OBJECT_DIRECTORY: join(commonDirectory, 'objects') };
}
