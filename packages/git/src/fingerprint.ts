import { createHash, type Hash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '@nx-fleet/system';
import { NO_CONFIGURATION } from './environment.js';
import type { GitRunner } from './run-git.js';

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
