import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, realpath, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { DependencySafety } from '@nx-fleet/core';
import { isFolder, namesIn, nullIfAbsent } from '@nx-fleet/system';
import { cloneTree, mutablePackages, type Transfer } from './clone-tree.js';
import { listPackageFolders } from './dependency-key.js';

export interface NodeModulesClone {
  readonly from: string;
  readonly to: string;
  readonly safety: Exclude<DependencySafety, 'install'>;
  /** Names that each node_modules leaves out. */
  readonly skip: ReadonlySet<string>;
  readonly signal?: AbortSignal | undefined;
}

/** Repeats node_modules of the root, and of each folder that both worktrees have. Removes what it has made when it fails. */
export async function cloneNodeModules(clone: NodeModulesClone): Promise<void> {
  const folders: string[] = [];
  for (const folder of await listPackageFolders(clone.to)) {
    if (await isFolder(path.join(clone.from, folder, 'node_modules'))) folders.push(folder);
  }
  const rewriteLink = await linkRewriter(clone.from, clone.to);
  const packages = await mutablePackages(clone.from);
  const remove = (folder: string): Promise<void> => rm(path.join(clone.to, folder, 'node_modules'), { recursive: true, force: true });
  try {
    for (const folder of folders) {
      await remove(folder);
      const [from, to] = [path.join(clone.from, folder, 'node_modules'), path.join(clone.to, folder, 'node_modules')];
      const transfer = await chooseTransfer(clone.safety, from, to);
      await cloneTree({ from, to, transfer, skip: clone.skip, mutablePackages: packages, rewriteLink, signal: clone.signal });
    }
  } catch (error) {
    await Promise.all(folders.map(remove));
    throw error;
  }
}

/** Of `hardlink`, a copy of one file tells whether the two places can share blocks, which is as quick and has no second thoughts. */
async function chooseTransfer(safety: NodeModulesClone['safety'], from: string, to: string): Promise<Transfer> {
  if (safety !== 'hardlink') return safety === 'reflink' ? 'clone' : 'copy';
  const entries = await readdir(from, { withFileTypes: true });
  const file = entries.find((entry) => entry.isFile())?.name;
  if (file === undefined) return 'link';
  await mkdir(to, { recursive: true });
  const probe = path.join(to, '.nx-fleet-probe');
  try {
    await copyFile(path.join(from, file), probe, constants.COPYFILE_FICLONE_FORCE);
    return 'clone';
  } catch {
    // Whatever the system's reason is: links do without it, and name what is wrong with the folder itself.
    return 'link';
  } finally {
    await rm(probe, { force: true });
  }
}

/** A link that names the first worktree would make the second one run the first one's code. A relative one is right wherever the worktree is moved. */
async function linkRewriter(from: string, to: string): Promise<(target: string, link: string) => string> {
  const roots = new Set([path.resolve(from), await realpath(from)]);
  return (target, link) => {
    const root = path.isAbsolute(target) ? [...roots].find((one) => target === one || target.startsWith(one + path.sep)) : undefined;
    if (root === undefined) return target;
    return path.relative(path.dirname(link), path.join(to, path.relative(root, target))) || '.';
  };
}

const PROGRAMS = path.join('node_modules', '.bin');

/** Programs of a clone's `node_modules/.bin` that are broken links, although those of its original are not. */
export async function brokenPrograms(original: string, clone: string): Promise<readonly string[]> {
  const names = await namesIn(path.join(original, PROGRAMS));
  const states = await Promise.all(names.map(async (name) => (await leads(original, name)) && !(await leads(clone, name))));
  return names.filter((_, index) => states[index]);
}

async function leads(worktree: string, name: string): Promise<boolean> {
  return (await stat(path.join(worktree, PROGRAMS, name)).catch(nullIfAbsent)) !== null;
}
