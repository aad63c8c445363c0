import { createHash, type Hash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { printableLine } from '@nx-fleet/core';
import { systemErrorCode } from '@nx-fleet/system';
import { NO_CONFIGURATION } from '../command/environment.js';
import type { GitRunner } from '../command/run-git.js';
import { openMainWorktree, type Repository, type Worktree } from '../repository/repository.js';
import { dirtyPaths } from '../worktrees/work-tree-state.js';
import { readHead } from './watched-refs.js';
import { ABSENT, isSameFile, keepContents, keepFile, type KeptFile, type Watched } from './watched.js';

interface WorktreeState {
  /** A ref, or the commit of a detached HEAD. */
  readonly head: string;
  /** Entries and flags of the index; its file times may change. */
  readonly entries: string;
  /** What differs from HEAD. */
  readonly dirty: ReadonlyMap<string, KeptFile>;
}

/** Watches the main worktree: HEAD, index, and each file that git does not ignore. The user's own changes are kept as they are. */
export async function watchMainWorktree(repository: Repository): Promise<Watched> {
  const worktree = await openMainWorktree(repository);
  const index = join(worktree.gitDirectory, 'index');
  const [before, indexBefore] = [await readState(repository, worktree), await keepFile(index)];
  const changedFiles = async (now: WorktreeState): Promise<readonly string[]> => {
    const paths = [...new Set([...before.dirty.keys(), ...now.dirty.keys()])];
    // A path that is missing on one side was as in HEAD there.
    return paths.filter(
      (path) =>
        !isSameFile(before.dirty.get(path) ?? ABSENT, now.dirty.get(path) ?? ABSENT) || before.dirty.has(path) !== now.dirty.has(path),
    );
  };
  return {
    differences: async () => {
      const now = await readState(repository, worktree);
      return [
        ...(now.head === before.head ? [] : ['HEAD of the main worktree']),
        ...(now.entries === before.entries ? [] : ['index of the main worktree']),
        ...(await changedFiles(now)).map((path) => `"${printableLine(path)}" in the main worktree`),
      ];
    },
    keepLost: async (keep) => {
      const now = await readState(repository, worktree);
      if (now.head !== before.head && !before.head.startsWith('refs/') && before.head !== '') await keep(before.head);
      const files = (await changedFiles(now)).map((path) => [path, before.dirty.get(path) ?? ABSENT] as const);
      await keepContents(repository, new Map([...files, ...(now.entries === before.entries ? [] : [[index, indexBefore] as const])]), keep);
    },
  };
}

async function readState(repository: Repository, worktree: Worktree): Promise<WorktreeState> {
  const head = await readHead(worktree);
  const entries = (await worktree.run(['ls-files', '--stage', '-v', '-z'])).stdout;
  const dirty = new Map<string, KeptFile>();
  for (const path of await dirtyPaths(repository, worktree.path)) dirty.set(path, await keepFile(join(worktree.path, path)));
  return { head, entries, dirty };
}

/**
 * A digest of all files of a small repository, ignored ones and git's own included (HEAD, refs, reflogs, stash, config, hooks, exclude rules).
 * Left out is what reading may change: the index's file times, for which its entries and flags stand, and objects that no ref holds.
 */
export async function fingerprint(run: GitRunner, directory: string): Promise<string> {
  const hash = createHash('sha256');
  const gitDirectory = join(directory, '.git');
  const left = new Set([join(gitDirectory, 'index'), join(gitDirectory, 'objects')].map(asBytes));
  await addFolder(hash, asBytes(directory), left);
  await addFolder(hash, asBytes(join(gitDirectory, 'objects', 'info')), left);
  // git would look for a repository further up if this one were broken, and take hints from its configuration.
  const variables = { ...NO_CONFIGURATION, GIT_DIR: gitDirectory, GIT_WORK_TREE: directory };
  const entries = await run({ cwd: directory, arguments: ['ls-files', '--stage', '-v', '-z'], variables, answers: [0, 1, 128] });
  addRecord(hash, ['index', entries.exitCode, entries.stdout]);
  return hash.digest('hex');
}

// File names are bytes; as latin1 each byte is one character and comes back as it was.
function asBytes(path: string): string {
  return Buffer.from(path, 'utf8').toString('latin1');
}

function toPath(bytes: string): Buffer {
  return Buffer.from(bytes, 'latin1');
}

async function addFolder(hash: Hash, folder: string, left: ReadonlySet<string>): Promise<void> {
  for (const name of await namesIn(folder)) {
    const path = `${folder}/${name}`;
    if (left.has(path)) continue;
    const { mode } = await lstat(toPath(path));
    const kind = mode & 0o170000;
    if (kind === 0o040000) await addFolder(hash, path, left);
    else addRecord(hash, [path, mode, await contentOf(path, kind)]);
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(toPath(folder), { encoding: 'latin1' })).toSorted();
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'EACCES') return [];
    throw error;
  }
}

async function contentOf(path: string, kind: number): Promise<string> {
  if (kind === 0o120000) return readlink(toPath(path), { encoding: 'latin1' });
  // Pipes and sockets would be waited for.
  if (kind !== 0o100000) return 'special';
  try {
    return createHash('sha256')
      .update(await readFile(toPath(path)))
      .digest('hex');
  } catch (error) {
    if (systemErrorCode(error) === 'EACCES') return 'unreadable';
    throw error;
  }
}

function addRecord(hash: Hash, record: readonly (string | number)[]): void {
  hash.update(`${JSON.stringify(record)}\n`);
}
