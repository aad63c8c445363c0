import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ScratchFolders, type Snapshot, type SnapshotRequest, withScratchFolder } from '@nx-fleet/core';
import { fleetIdentity, NO_CONFIGURATION } from '../command/environment.js';
import type { GitOptions } from '../command/run-git.js';
import { fetchMissing } from '../remote/fetch-origin.js';
import type { Repository } from '../repository/repository.js';
import { requireTree } from '../repository/revisions.js';
import { fingerprint } from '../watch/watched-worktree.js';

export type SnapshotGit = (args: readonly string[], options?: GitOptions) => Promise<string>;

const BRANCH = 'snapshot';
const DATE = '@946684800 +0000';

// No background process of a reader's git may write here: it would look like the reader's own doing.
const CONFIGURATION = `[core]
\tfsmonitor = false
\tuntrackedCache = false
\tsplitIndex = false
[gc]
\tauto = 0
[maintenance]
\tauto = false
`;

/** A new repository in the temporary folder that shows exactly the given trees, and has no other object. */
export async function createSnapshot(repository: Repository, request: SnapshotRequest): Promise<Snapshot> {
  const tree = await requireTree(repository, request.tree);
  const baseTree = request.baseTree === undefined ? null : await requireTree(repository, request.baseTree);
  const pathspecs = request.pathsFromBase ?? [];
  if (baseTree === null && pathspecs.length > 0) throw new Error('Paths from the base need a base tree');
  await fetchMissing(repository, baseTree === null ? [tree] : [tree, baseTree]);
  const { directory, remove } = await repository.scratch.create();
  try {
    await initialize(repository, directory);
    const shown = await copyTrees(repository, {
      directory,
      trees: baseTree === null ? [] : [baseTree],
      // Without a pathspec git means every path.
      derive: async (git) =>
        baseTree === null || pathspecs.length === 0 ? tree : treeWithPathsFrom(git, { tree, baseTree, pathspecs }, repository.scratch),
    });
    const git = snapshotGit(repository, directory);
    await git(['update-ref', `refs/heads/${BRANCH}`, await commit(git, shown, baseTree)]);
    await git(['reset', '--hard']);
    return { directory, fingerprint: () => fingerprint(repository.run, directory), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function initialize(repository: Repository, directory: string): Promise<void> {
  const format = (await repository.inMain(['rev-parse', '--show-object-format'])).stdout.trim();
  const init = ['init', '--quiet', '--template=', `--initial-branch=${BRANCH}`, `--object-format=${format}`];
  await repository.run({ cwd: directory, arguments: init, variables: NO_CONFIGURATION });
  await appendFile(join(directory, '.git', 'config'), CONFIGURATION);
}

function snapshotGit(repository: Repository, directory: string): SnapshotGit {
  const own = { ...NO_CONFIGURATION, ...fleetIdentity(DATE), GIT_DIR: join(directory, '.git'), GIT_WORK_TREE: directory };
  return async (args, options) => {
    const variables = { ...own, ...options?.variables };
    const configuration = ['core.attributesFile=/dev/null'];
    return (await repository.run({ cwd: directory, arguments: args, ...options, variables, configuration })).stdout.trimEnd();
  };
}

async function commit(git: SnapshotGit, shown: string, baseTree: string | null): Promise<string> {
  if (baseTree === null) return git(['commit-tree', shown, '-F', '-'], { input: 'snapshot' });
  const base = await git(['commit-tree', baseTree, '-F', '-'], { input: 'base' });
  return git(['commit-tree', shown, '-p', base, '-F', '-'], { input: 'change' });
}

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
async function copyTrees(repository: Repository, { directory, derive, trees }: ObjectsRequest): Promise<string> {
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

export interface TreeRequest {
  readonly tree: string;
  readonly baseTree: string;
  /** At least one. */
  readonly pathspecs: readonly string[];
}

/** The id of a tree that is `tree`, except that what matches the pathspecs is as in `baseTree`: changed files changed back, new ones gone, deleted ones there. */
async function treeWithPathsFrom(git: SnapshotGit, request: TreeRequest, folders: ScratchFolders): Promise<string> {
  return withScratchFolder(folders, async (scratch) => {
    const mixed = { variables: { GIT_INDEX_FILE: join(scratch, 'mixed') } };
    const base = { variables: { GIT_INDEX_FILE: join(scratch, 'base') } };
    await git(['read-tree', request.tree], mixed);
    await git(['read-tree', request.baseTree], base);
    // Globs and pathspec magic work on an index, not on a tree.
    const list = ['ls-files', '--stage', '-z', '--', ...request.pathspecs];
    const removed = parseEntries(await git(list, mixed)).map((entry) => `0 ${'0'.repeat(request.tree.length)}\t${entry.path}\0`);
    const added = parseEntries(await git(list, base)).map((entry) => `${entry.head}\t${entry.path}\0`);
    const input = [...removed, ...added].join('');
    await git(['update-index', '-z', '--index-info'], { ...mixed, input });
    return git(['write-tree'], mixed);
  });
}

interface IndexEntry {
  /** Mode, object and stage. */
  readonly head: string;
  readonly path: string;
}

function parseEntries(text: string): readonly IndexEntry[] {
  // A name that is not UTF-8 came in damaged, and would be looked for in vain: the writer's file would stay.
  if (text.includes('\uFFFD')) throw new Error('A file name among the paths from the base is not UTF-8');
  return text
    .split('\0')
    .filter((record) => record !== '')
    .map((record) => {
      const tab = record.indexOf('\t');
      return { head: record.slice(0, tab), path: record.slice(tab + 1) };
    });
}
