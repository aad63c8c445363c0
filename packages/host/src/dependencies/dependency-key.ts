import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { parseJson } from '@nx-fleet/core';
import { nullIfAbsent, readFileIfPresent } from '@nx-fleet/system';
import { z } from 'zod';
import type { PackageManager } from './package-manager.js';

export interface DependencyKeyRequest {
  readonly worktree: string;
  readonly packageManager: PackageManager;
  /** Folders with a package.json that count, relative to the worktree. */
  readonly folders: readonly string[];
}

const SETTINGS_FILES = ['.npmrc', '.yarnrc', '.yarnrc.yml', 'pnpm-workspace.yaml', 'bunfig.toml', '.pnpmfile.cjs'];
const PATCH_FOLDERS = ['patches', path.join('.yarn', 'patches')];

/** Equal for two worktrees whose installed dependencies are the same. */
export async function dependencyKey({ worktree, packageManager, folders }: DependencyKeyRequest): Promise<string> {
  const hash = createHash('sha256');
  const add = (name: string, text: string | null): void => void hash.update(JSON.stringify([name, text]));
  add('machine', [process.platform, process.arch, process.versions.modules].join(' '));
  add('package manager', JSON.stringify(packageManager));
  const read = (file: string): Promise<string | null> => readFileIfPresent(path.join(worktree, file));
  for (const file of [...(packageManager.lockfile === null ? [] : [packageManager.lockfile]), ...SETTINGS_FILES]) {
    add(file, await read(file));
  }
  for (const folder of folders) {
    const file = path.join(folder, 'package.json');
    const text = await read(file);
    add(file, text === null ? null : installFields(text));
  }
  for (const folder of PATCH_FOLDERS) {
    for (const file of await filesIn(path.join(worktree, folder))) {
      add(path.join(folder, file), await read(path.join(folder, file)));
    }
  }
  return hash.digest('hex');
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch((error: unknown) => nullIfAbsent(error) ?? []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

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
function installFields(text: string): string {
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
export async function listPackageFolders(root: string): Promise<readonly string[]> {
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
