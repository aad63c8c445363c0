import { realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { type CommandRunner, type DependencyOutcome, type DependencyRequest, parseJson, printableLine } from '@nx-fleet/core';
import { isFolder, readFileIfPresent, replaceFile } from '@nx-fleet/system';
import { z } from 'zod';
import { brokenPrograms, cloneNodeModules } from './clone-node-modules.js';
import { dependencyKey, packageFolders } from './dependency-key.js';
import { runInstall } from './install.js';
import { type InstalledTree, isInstalledTreeCurrent } from './installed-tree.js';
import { detectPackageManager } from './package-manager.js';
import { treeDigest } from './packages-on-disk.js';

const STAMP = '.nx-fleet.json';
/** A tool's cache holds absolute paths and half-written state. */
const NOT_CLONED: ReadonlySet<string> = new Set(['.cache', STAMP]);
/** `key`: what the tree was made from; `tree`: what it looked like when it was whole. */
const stampSchema = z.object({ key: z.string(), tree: z.string() });

/**
 * Fills a worktree's node_modules: a clone of the other worktree's where both want the same, else an install.
 * A stamp inside is written last: only what was interrupted, or has changed since, is done again.
 */
export async function installDependencies(commands: CommandRunner, request: DependencyRequest): Promise<DependencyOutcome> {
  request.signal?.throwIfAborted();
  const { from, to, safety, env, signal } = request;
  const detected = await detectPackageManager(to);
  if (detected === null) return { method: 'none', packageManager: null };
  const packageManager = detected.name;
  const folders = await packageFolders(to);
  const key = await dependencyKey({ worktree: to, packageManager: detected, folders });
  const stamp = await readStamp(to);
  if (stamp?.key === key && stamp.tree === (await treeDigest(to, folders))) return { method: 'present', packageManager };
  await rm(stampFile(to), { force: true });
  const source = { worktree: from, packageManager: detected, folders, commands, env };
  if (safety !== 'install' && (await canClone({ from, to, key, source }))) {
    request.onProgress('Cloning node_modules of the main worktree');
    await cloneNodeModules({ from, to, safety, skip: NOT_CLONED, signal });
    const [broken] = await brokenPrograms(from, to);
    if (broken === undefined) {
      await writeStamp(to, { key, folders });
      return { method: 'cloned', packageManager };
    }
    request.onProgress(`The clone's program "${printableLine(broken)}" is broken: installing instead`);
  }
  await runInstall(commands, detected, request);
  await writeStamp(to, { key, folders });
  return { method: 'installed', packageManager };
}

interface CloneQuestion extends Pick<DependencyRequest, 'from' | 'to'> {
  readonly key: string;
  readonly source: InstalledTree;
}

async function canClone({ from, to, key, source }: CloneQuestion): Promise<boolean> {
  const { packageManager } = source;
  return (
    packageManager.isClonable &&
    packageManager.lockfile !== null &&
    (await isFolder(path.join(from, 'node_modules'))) &&
    (await realpath(from)) !== (await realpath(to)) &&
    (await dependencyKey(source)) === key &&
    (await isInstalledTreeCurrent(source))
  );
}

async function readStamp(worktree: string): Promise<z.infer<typeof stampSchema> | null> {
  const text = await readFileIfPresent(stampFile(worktree));
  return text === null ? null : (stampSchema.safeParse(parseJson(text)).data ?? null);
}

/** Without node_modules, as under Plug'n'Play, there is no place for a stamp: such an install is quick to repeat. */
async function writeStamp(
  worktree: string,
  { key, folders }: { readonly key: string; readonly folders: readonly string[] },
): Promise<void> {
  if (!(await isFolder(path.join(worktree, 'node_modules')))) return;
  await replaceFile({ path: stampFile(worktree), text: `${JSON.stringify({ key, tree: await treeDigest(worktree, folders) })}\n` });
}

function stampFile(worktree: string): string {
  return path.join(worktree, 'node_modules', STAMP);
}
