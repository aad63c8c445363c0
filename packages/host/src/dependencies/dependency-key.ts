import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { nullIfAbsent, readFileIfPresent } from '@nx-fleet/system';
import type { PackageManager } from './lockfile.js';
import { installFields } from './package-json.js';

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
