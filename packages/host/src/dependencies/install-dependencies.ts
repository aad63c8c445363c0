import { realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { type CommandRunner, type DependencyOutcome, type DependencyRequest, parseJson, printableLine } from '@nx-fleet/core';
import { replaceFile } from '../private-file.js';
import { isFolder, readFileIfPresent } from '../read-file.js';
import { brokenPrograms } from './broken-programs.js';
import { cloneNodeModules } from './clone-node-modules.js';
import { dependencyKey } from './dependency-key.js';
import { runInstall } from './install.js';
import { isInstalledTreeCurrent } from './installed-tree.js';
import { detectPackageManager, type PackageManager } from './lockfile.js';
import { packageFolders } from './package-json.js';

const STAMP = '.nx-fleet.json';
/** A tool's cache holds absolute paths and half-written state. */
const NOT_CLONED: ReadonlySet<string> = new Set(['.cache', STAMP]);
const stampSchema = z.object({ key: z.string() });

type Stamp = z.infer<typeof stampSchema>;

/**
 * Fills a worktree's node_modules: a clone of the other worktree's where both want the same, else an install.
 * A stamp inside is written last: only what was interrupted, or has changed since, is done again.
 */
export async function installDependencies(commands: CommandRunner, request: DependencyRequest): Promise<DependencyOutcome> {
  request.signal?.throwIfAborted();
  const { from, to, safety, signal } = request;
  const detected = await detectPackageManager(to);
  if (detected === null) return { method: 'none', packageManager: null };
  const packageManager = detected.name;
  const folders = await packageFolders(to);
  const key = await dependencyKey({ worktree: to, packageManager: detected, folders });
  if ((await readStamp(to))?.key === key) return { method: 'present', packageManager };
  await rm(stampFile(to), { force: true });
  if (safety !== 'install' && (await canClone({ from, to, packageManager: detected, folders, key }))) {
    request.onProgress('Cloning node_modules of the main worktree');
    await cloneNodeModules({ from, to, safety, skip: NOT_CLONED, signal });
    const [broken] = await brokenPrograms(from, to);
    if (broken === undefined) {
      await writeStamp(to, { key });
      return { method: 'cloned', packageManager };
    }
    request.onProgress(`The clone's program "${printableLine(broken)}" leads nowhere: installing instead`);
  }
  await runInstall(commands, detected, request);
  await writeStamp(to, { key });
  return { method: 'installed', packageManager };
}

interface CloneQuestion extends Pick<DependencyRequest, 'from' | 'to'> {
  readonly packageManager: PackageManager;
  readonly folders: readonly string[];
  readonly key: string;
}

async function canClone({ from, to, packageManager, folders, key }: CloneQuestion): Promise<boolean> {
  return (
    packageManager.isClonable &&
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
    await replaceFile({ path: stampFile(worktree), text: `${JSON.stringify(stamp)}\n` });
  }
}

function stampFile(worktree: string): string {
  return path.join(worktree, 'node_modules', STAMP);
}
