import type { Dirent } from 'node:fs';
import path from 'node:path';
import { readdir } from 'node:fs/promises';
import { z } from 'zod';
import { parseJson } from '@nx-fleet/core';

/** The fields of a package.json that decide what an install puts into node_modules, its links and its `.bin`. */
const installFieldsSchema = z.object({
  name: z.unknown().optional(),
  version: z.unknown().optional(),
  bin: z.unknown().optional(),
  packageManager: z.unknown().optional(),
  workspaces: z.unknown().optional(),
  dependencies: z.unknown().optional(),
  devDependencies: z.unknown().optional(),
  optionalDependencies: z.unknown().optional(),
  peerDependencies: z.unknown().optional(),
  peerDependenciesMeta: z.unknown().optional(),
  bundleDependencies: z.unknown().optional(),
  overrides: z.unknown().optional(),
  resolutions: z.unknown().optional(),
  pnpm: z.unknown().optional(),
});

const SKIPPED_FOLDERS: ReadonlySet<string> = new Set(['node_modules', '.git', '.nx', '.nx-fleet']);
/** What builds write has package.json files too, which no install reads. */
const OUTPUT_FOLDERS: ReadonlySet<string> = new Set(['dist', 'tmp', 'coverage', 'out-tsc']);

/** What of a package.json an install depends on. One that is not JSON, say a test's fixture, counts as it stands. */
export function installFields(text: string): string {
  const value = parseJson(text);
  const { data } = installFieldsSchema.safeParse(value);
  return data === undefined ? text : JSON.stringify(data);
}

/** Folders below `root` that hold a package.json, relative and sorted; the root itself is ''. */
export async function packageFolders(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  await visitFolders(root, (folder, entries) => {
    const isOutput = folder.split(path.sep).some((name) => OUTPUT_FOLDERS.has(name));
    if (!isOutput && entries.some((entry) => entry.isFile() && entry.name === 'package.json')) found.push(folder);
  });
  return found.sort();
}

/** All folders of a worktree but those of git, Nx and node_modules, relative; the root itself is ''. */
export async function foldersOf(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  await visitFolders(root, (folder) => void found.push(folder));
  return found;
}

async function visitFolders(root: string, visit: (folder: string, entries: readonly Dirent[]) => void): Promise<void> {
  const pending = [''];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const entries = await readdir(path.join(root, folder), { withFileTypes: true });
    visit(folder, entries);
    for (const entry of entries) {
      if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) pending.push(path.join(folder, entry.name));
    }
  }
}
