import path from 'node:path';
import { parseJson, UserError } from '@nx-fleet/core';
import { pathExists, readFileIfPresent } from '@nx-fleet/system';
import { z } from 'zod';

export type PackageManagerName = 'npm' | 'pnpm' | 'yarn' | 'bun';

/** How a worktree is to be installed. */
export interface PackageManager {
  readonly name: PackageManagerName;
  /** Name of the lockfile in the worktree's root, or null if there is none. */
  readonly lockfile: string | null;
  /** Yarn 1. */
  readonly isClassicYarn: boolean;
  /** Its node_modules may be cloned to another folder: npm's, and yarn's unless it is Plug'n'Play or pnpm-like. */
  readonly isClonable: boolean;
}

const LOCKFILES: readonly (readonly [string, PackageManagerName])[] = [
  ['package-lock.json', 'npm'],
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
];

const rootPackageSchema = z.object({ packageManager: z.string().optional() });

/** The package manager of a worktree, or null if it has no package.json. `packageManager` wins over the lockfile; npm without both. */
export async function detectPackageManager(worktree: string): Promise<PackageManager | null> {
  const file = path.join(worktree, 'package.json');
  const text = await readFileIfPresent(file);
  if (text === null) {
    return null;
  }
  const root = rootPackageSchema.safeParse(parseJson(text));
  if (!root.success) {
    throw new UserError(`"${file}" is not a valid package.json. Correct it, then run the command again.`);
  }
  const declared = /^(npm|pnpm|yarn|bun)@(\d+)/.exec(root.data.packageManager ?? '');
  const lockfiles = await presentLockfiles(worktree);
  const name = (declared?.[1] as PackageManagerName | undefined) ?? lockfiles[0]?.[1] ?? 'npm';
  const lockfile = lockfiles.find(([, owner]) => owner === name)?.[0] ?? null;
  if (name !== 'yarn') {
    return { name, lockfile, isClassicYarn: false, isClonable: name === 'npm' };
  }
  return { name, lockfile, ...(await yarnFlavour(worktree, declared?.[2])) };
}

async function presentLockfiles(worktree: string): Promise<typeof LOCKFILES> {
  const present = await Promise.all(LOCKFILES.map(([file]) => pathExists(path.join(worktree, file))));
  return LOCKFILES.filter((_, index) => present[index]);
}

async function yarnFlavour(
  worktree: string,
  majorVersion: string | undefined,
): Promise<Pick<PackageManager, 'isClassicYarn' | 'isClonable'>> {
  const settings = await readFileIfPresent(path.join(worktree, '.yarnrc.yml'));
  const lock = await readFileIfPresent(path.join(worktree, 'yarn.lock'));
  const isClassicYarn = majorVersion === undefined ? settings === null && !/^__metadata:/m.test(lock ?? '') : majorVersion === '1';
  const linker = /^nodeLinker:\s*["']?([\w-]+)/m.exec(settings ?? '')?.[1] ?? 'pnp';
  return { isClassicYarn, isClonable: isClassicYarn || linker === 'node-modules' };
}
