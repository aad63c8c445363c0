import { realpath, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isFolder } from '../read-file.js';
import { copyTree } from './copy-tree.js';

export interface NodeModulesCopy {
  readonly from: string;
  readonly to: string;
  /** Folders with a package.json, relative. Their node_modules are copied; the root's always. */
  readonly folders: readonly string[];
  /** A file for the root's node_modules, by name: it appears with the finished copy. */
  readonly stamp: { readonly name: string; readonly text: string };
  readonly signal?: AbortSignal | undefined;
}

/** Tools keep absolute paths and half-written state in there. */
const SKIPPED: ReadonlySet<string> = new Set(['.cache']);

/** Copies node_modules of the root and of workspaces. The root's comes into place last, so its presence means that all is there. */
export async function copyNodeModules(copy: NodeModulesCopy): Promise<void> {
  const rewriteLink = await linkRewriter(copy.from, copy.to);
  const workspaces = copy.folders.filter((folder) => folder !== '');
  const copied: string[] = [];
  try {
    for (const folder of [...workspaces, '']) {
      const source = path.join(copy.from, folder, 'node_modules');
      if (await isFolder(source)) {
        copied.push(folder);
        await rm(temporary(copy, folder), { recursive: true, force: true });
        await copyTree({ from: source, to: temporary(copy, folder), skip: SKIPPED, rewriteLink, signal: copy.signal });
      }
    }
    await writeFile(path.join(temporary(copy, ''), copy.stamp.name), copy.stamp.text);
  } catch (error) {
    await Promise.all(copied.map((folder) => rm(temporary(copy, folder), { recursive: true, force: true })));
    throw error;
  }
  for (const folder of copied) {
    const target = path.join(copy.to, folder, 'node_modules');
    await rm(target, { recursive: true, force: true });
    await rename(temporary(copy, folder), target);
  }
}

function temporary(copy: NodeModulesCopy, folder: string): string {
  return path.join(copy.to, folder, 'node_modules.nx-fleet-tmp');
}

/** A link that names the first worktree would make the second one run the first one's code. */
async function linkRewriter(from: string, to: string): Promise<(target: string) => string> {
  const roots = new Set([path.resolve(from), await realpath(from)]);
  return (target) => {
    const root = path.isAbsolute(target) ? [...roots].find((one) => target === one || target.startsWith(one + path.sep)) : undefined;
    return root === undefined ? target : path.join(to, path.relative(root, target));
  };
}
