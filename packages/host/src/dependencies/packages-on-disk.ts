import { createHash } from 'node:crypto';
import path from 'node:path';
import { parseJson } from '@nx-fleet/core';
import { namesIn, readFileIfPresent } from '@nx-fleet/system';
import { z } from 'zod';

const manifestSchema = z.object({ version: z.string().optional() });
/** Manifests that are read at the same time. */
const PARALLEL_READS = 64;
/** What npm, Yarn 1, Yarn and pnpm write about the tree that they have installed. bun writes nothing. */
const RECORDS = ['.package-lock.json', '.yarn-integrity', '.yarn-state.yml', path.join('.pnpm', 'lock.yaml')];

/** A folder below a worktree, and the version that its package.json is to have. */
export type PackageOnDisk = readonly [place: string, version: string | undefined];

/** Whether all of these packages are there, in these versions. */
export async function isOnDisk(worktree: string, packages: readonly PackageOnDisk[]): Promise<boolean> {
  const versions = await readVersions(packages.map(([place]) => path.join(worktree, place)));
  return packages.every(([, version], index) => versions[index] === version);
}

/** Changes when somebody installs, adds or removes packages: the package managers' records, and what is at the top of each node_modules. */
export async function treeDigest(worktree: string, folders: readonly string[]): Promise<string> {
  const roots = [...new Set(['', ...folders])].map((folder) => path.join(worktree, folder, 'node_modules'));
  const records = await Promise.all(RECORDS.map((record) => readFileIfPresent(path.join(worktree, 'node_modules', record))));
  const places = (await Promise.all(roots.map(packagesIn))).flat();
  const versions = await readVersions(places);
  const packages = places.map((place, index) => [path.relative(worktree, place), versions[index] ?? null]);
  return createHash('sha256')
    .update(JSON.stringify([records, packages]))
    .digest('hex');
}

async function packagesIn(folder: string): Promise<readonly string[]> {
  const names = (await namesIn(folder)).filter((name) => !name.startsWith('.')).sort();
  const places = await Promise.all(
    names.map(async (name) => (name.startsWith('@') ? packagesIn(path.join(folder, name)) : [path.join(folder, name)])),
  );
  return places.flat();
}

/** Undefined for a manifest without one, null for no manifest. */
async function readVersions(packages: readonly string[]): Promise<readonly (string | null | undefined)[]> {
  const versions: (string | null | undefined)[] = [];
  for (let start = 0; start < packages.length; start += PARALLEL_READS) {
    versions.push(...(await Promise.all(packages.slice(start, start + PARALLEL_READS).map(readVersion))));
  }
  return versions;
}

async function readVersion(folder: string): Promise<string | null | undefined> {
  const text = await readFileIfPresent(path.join(folder, 'package.json'));
  return text === null ? null : manifestSchema.safeParse(parseJson(text)).data?.version;
}
