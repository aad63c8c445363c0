import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Snapshot, SnapshotRequest } from '@nx-fleet/core';
import { fleetIdentity, NO_CONFIGURATION } from './environment.js';
import { fingerprint } from './fingerprint.js';
import type { Repository } from './repository.js';
import { requireTree } from './revisions.js';
import type { GitOptions } from './run-git.js';
import { createScratchFolder, removeScratchFolder } from './scratch-folder.js';
import { treeWithPathsFrom } from './snapshot-tree.js';
import { readLine } from './worktree-path.js';

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

/** A new repository in the temporary folder that shows exactly the given trees, and borrows their objects. */
export async function createSnapshot(repository: Repository, request: SnapshotRequest): Promise<Snapshot> {
  const tree = await requireTree(repository, request.tree);
  const baseTree = request.baseTree === undefined ? null : await requireTree(repository, request.baseTree);
  const directory = await createScratchFolder();
  try {
    await initialize(repository, directory);
    const git = snapshotGit(repository, directory);
    const head = baseTree === null ? await commitAlone(git, tree, request) : await commitChange(git, { tree, baseTree, request });
    await git(['update-ref', `refs/heads/${BRANCH}`, head]);
    await git(['reset', '--hard']);
    return { directory, fingerprint: () => fingerprint(repository.run, directory), remove: () => removeScratchFolder(directory) };
  } catch (error) {
    await removeScratchFolder(directory);
    throw error;
  }
}

async function initialize(repository: Repository, directory: string): Promise<void> {
  const format = (await repository.inMain(['rev-parse', '--show-object-format'])).stdout.trim();
  const init = ['init', '--quiet', '--template=', `--initial-branch=${BRANCH}`, `--object-format=${format}`];
  await repository.run({ cwd: directory, arguments: init, variables: NO_CONFIGURATION });
  await appendFile(join(directory, '.git', 'config'), CONFIGURATION);
  const stores = await objectStores(repository);
  await mkdir(join(directory, '.git', 'objects', 'info'), { recursive: true });
  await writeFile(join(directory, '.git', 'objects', 'info', 'alternates'), stores.map((store) => `${quoteAlternate(store)}\n`).join(''));
}

async function objectStores(repository: Repository): Promise<readonly string[]> {
  const { commonDirectory } = await repository.locate();
  const objects = join(commonDirectory, 'objects');
  const borrowed = (await readLine(join(objects, 'info', 'alternates'))) ?? '';
  const others = borrowed.split('\n').filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('"'));
  return [objects, ...others.map((other) => resolve(objects, other))];
}

function quoteAlternate(path: string): string {
  return /["\\\n]/.test(path) ? `"${path.replace(/["\\]/g, String.raw`\$&`).replace(/\n/g, String.raw`\n`)}"` : path;
}

function snapshotGit(repository: Repository, directory: string): SnapshotGit {
  const own = { ...NO_CONFIGURATION, ...fleetIdentity(DATE), GIT_DIR: join(directory, '.git'), GIT_WORK_TREE: directory };
  return async (args, options) => {
    const variables = { ...own, ...options?.variables };
    const configuration = ['core.attributesFile=/dev/null'];
    return (await repository.run({ cwd: directory, arguments: args, ...options, variables, configuration })).stdout.trimEnd();
  };
}

async function commitAlone(git: SnapshotGit, tree: string, request: SnapshotRequest): Promise<string> {
  if ((request.pathsFromBase ?? []).length > 0) throw new Error('Paths from the base need a base tree');
  return git(['commit-tree', tree, '-F', '-'], { input: 'snapshot' });
}

interface Change {
  readonly tree: string;
  readonly baseTree: string;
  readonly request: SnapshotRequest;
}

async function commitChange(git: SnapshotGit, { tree, baseTree, request }: Change): Promise<string> {
  const base = await git(['commit-tree', baseTree, '-F', '-'], { input: 'base' });
  const pathspecs = request.pathsFromBase ?? [];
  // Without a pathspec git means every path.
  const shown = pathspecs.length === 0 ? tree : await treeWithPathsFrom(git, { tree, baseTree, pathspecs });
  return git(['commit-tree', shown, '-p', base, '-F', '-'], { input: 'change' });
}
