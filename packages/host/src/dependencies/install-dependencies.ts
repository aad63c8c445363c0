import { realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { CommandRunner, DependencyOutcome, DependencyRequest } from '@nx-fleet/core';
import { replaceFile } from '../private-file.js';
import { isFolder, readFileIfPresent } from '../read-file.js';
import { copyNodeModules } from './copy-node-modules.js';
import { dependencyKey } from './dependency-key.js';
import { runInstall } from './install.js';
import { isInstalledTreeCurrent } from './installed-tree.js';
import { detectPackageManager, type PackageManager } from './lockfile.js';
import { packageFolders, parseJson } from './package-json.js';

const STAMP = '.nx-fleet.json';
const stampSchema = z.object({ key: z.string(), method: z.enum(['copied', 'installed']) });

type Stamp = z.infer<typeof stampSchema>;

/**
 * Fills a worktree's node_modules: a copy of the other worktree's where both want the same, else an install.
 * A stamp inside tells a finished one: only what was interrupted, or has changed since, is done again.
 */
export async function installDependencies(commands: CommandRunner, request: DependencyRequest): Promise<DependencyOutcome> {
  request.signal?.throwIfAborted();
  const { from, to, signal } = request;
  const packageManager = await detectPackageManager(to);
  if (packageManager === null) {
    return { method: 'none', packageManager: null };
  }
  const folders = await packageFolders(to);
  const key = await dependencyKey({ worktree: to, packageManager, folders });
  const done = await readStamp(to);
  if (done?.key === key) {
    return { method: done.method, packageManager: packageManager.name };
  }
  if (await canCopy({ from, to, packageManager, folders, key })) {
    request.onProgress('Copying node_modules from the main worktree');
    const stamp = { name: STAMP, text: formatStamp({ key, method: 'copied' }) };
    await copyNodeModules({ from, to, folders, stamp, signal });
    return { method: 'copied', packageManager: packageManager.name };
  }
  await rm(stampFile(to), { force: true });
  await runInstall(commands, packageManager, request);
  await writeStamp(to, { key, method: 'installed' });
  return { method: 'installed', packageManager: packageManager.name };
}

interface CopyQuestion extends Pick<DependencyRequest, 'from' | 'to'> {
  readonly packageManager: PackageManager;
  readonly folders: readonly string[];
  readonly key: string;
}

async function canCopy({ from, to, packageManager, folders, key }: CopyQuestion): Promise<boolean> {
  return (
    packageManager.isCopyable &&
    packageManager.lockfile !== null &&
    (await isFolder(path.join(from, 'node_modules'))) &&
    (await realpath(from)) !== (await realpath(to)) &&
    (await dependencyKey({ worktree: from, packageManager, folders })) === key &&
    (await isInstalledTreeCurrent(from, packageManager))
  );
}

async function readStamp(worktree: string): Promise<Stamp | null> {
  const text = await readFileIfPresent(stampFile(worktree));
  return text === null ? null : (stampSchema.safeParse(parseJson(text)).data ?? null);
}

/** Without node_modules, as under Plug'n'Play, there is no place for a stamp: such an install is quick to repeat. */
async function writeStamp(worktree: string, stamp: Stamp): Promise<void> {
  if (await isFolder(path.join(worktree, 'node_modules'))) {
    await replaceFile({ path: stampFile(worktree), text: formatStamp(stamp) });
  }
}

function formatStamp(stamp: Stamp): string {
  return `${JSON.stringify(stamp)}\n`;
}

function stampFile(worktree: string): string {
  return path.join(worktree, 'node_modules', STAMP);
}
