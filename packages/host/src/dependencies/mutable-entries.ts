import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { nullIfAbsent } from '@nx-fleet/system';

/** `prisma generate` writes into it. */
const ALWAYS_MUTABLE = '@prisma/client';

/** Packages of a worktree that tools change in place: Prisma's client, and those that patch-package has a patch for. */
export async function mutablePackages(worktree: string): Promise<ReadonlySet<string>> {
  const patches = await readdir(path.join(worktree, 'patches')).catch((error: unknown) => nullIfAbsent(error) ?? []);
  return new Set([ALWAYS_MUTABLE, ...patches.filter((name) => name.endsWith('.patch')).flatMap(patchedPackages)]);
}

/** `@a+b++c+1.2.3.patch` is for c inside @a/b: both, to be sure. */
function patchedPackages(file: string): readonly string[] {
  return file.split('++').map((part) => {
    const [first = '', second = ''] = part.split('+');
    return first.startsWith('@') ? `${first}/${second}` : first;
  });
}

/**
 * Tells of the names in one folder of a node_modules which of them tools change in place: dot entries, such as `.prisma` and a package manager's
 * own records, and the packages given.
 */
export function startsMutable(folder: string, packages: ReadonlySet<string>): (name: string) => boolean {
  const names = folder.split('/').filter((name) => name !== '');
  const [scope, ...below] = names.slice(names.lastIndexOf('node_modules') + 1);
  if (scope === undefined) return (name) => name.startsWith('.') || packages.has(name);
  return scope.startsWith('@') && below.length === 0 ? (name) => packages.has(`${scope}/${name}`) : () => false;
}
