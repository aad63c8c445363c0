import path from 'node:path';
import { z } from 'zod';
import { parseJson } from '@nx-fleet/core';
import { pathExists, readFileIfPresent } from '../read-file.js';
import type { PackageManager } from './lockfile.js';

const packageSchema = z.object({
  version: z.string().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  optional: z.boolean().optional(),
  devOptional: z.boolean().optional(),
  peer: z.boolean().optional(),
  link: z.boolean().optional(),
  extraneous: z.boolean().optional(),
});
const lockSchema = z.object({ packages: z.record(z.string(), packageSchema) });
const manifestSchema = z.object({ version: z.string().optional() });

type PackageEntry = z.infer<typeof packageSchema>;
type Packages = z.infer<typeof lockSchema>['packages'];

/** Manifests that are read at the same time. */
const PARALLEL_READS = 64;

/** True if a worktree's node_modules is what its lockfile says: finished, and no older than the last pull. */
export async function isInstalledTreeCurrent(worktree: string, packageManager: PackageManager): Promise<boolean> {
  if (packageManager.name === 'yarn') {
    // Yarn writes it at the end of an install.
    return pathExists(path.join(worktree, 'node_modules', packageManager.isClassicYarn ? '.yarn-integrity' : '.yarn-state.yml'));
  }
  const locked = await readPackages(path.join(worktree, 'package-lock.json'));
  const wanted = locked && (await withoutAbsentWorkspaces(worktree, locked));
  const installed = await readPackages(path.join(worktree, 'node_modules', '.package-lock.json'));
  return wanted !== null && installed !== null && isSame(wanted, installed) && isOnDisk(worktree, installed);
}

/** npm makes no link to a workspace that the lockfile names and the worktree lacks. */
async function withoutAbsentWorkspaces(worktree: string, packages: Packages): Promise<Packages> {
  const kept: Packages = {};
  for (const [place, entry] of Object.entries(packages)) {
    if (entry.link !== true || (await pathExists(path.join(worktree, entry.resolved ?? '')))) {
      kept[place] = entry;
    }
  }
  return kept;
}

/** Packages for other platforms are in the lockfile only; what someone added by hand is in the tree only. */
function isSame(wanted: Packages, installed: Packages): boolean {
  const isThere = Object.entries(wanted).every(
    ([place, entry]) => !isBelowNodeModules(place) || place in installed || Boolean(entry.optional || entry.devOptional || entry.peer),
  );
  return isThere && Object.entries(installed).every(([place, entry]) => entry.extraneous === true || isEqual(wanted[place], entry));
}

function isEqual(wanted: PackageEntry | undefined, installed: PackageEntry): boolean {
  return (
    wanted !== undefined &&
    wanted.version === installed.version &&
    wanted.resolved === installed.resolved &&
    wanted.integrity === installed.integrity
  );
}

/** npm 11 rewrites the tree's own lockfile for `--package-lock-only` too, without touching a package: look at these themselves. */
async function isOnDisk(worktree: string, installed: Packages): Promise<boolean> {
  const entries = Object.entries(installed).filter(([place, { link }]) => isBelowNodeModules(place) && link !== true);
  for (let start = 0; start < entries.length; start += PARALLEL_READS) {
    const batch = entries.slice(start, start + PARALLEL_READS);
    const answers = await Promise.all(
      batch.map(async ([place, { version }]) => (await readVersion(path.join(worktree, place, 'package.json'))) === version),
    );
    if (answers.includes(false)) {
      return false;
    }
  }
  return true;
}

function isBelowNodeModules(place: string): boolean {
  return place.includes('node_modules/');
}

/** Undefined for a manifest without one, null for none at all. */
async function readVersion(file: string): Promise<string | null | undefined> {
  const text = await readFileIfPresent(file);
  return text === null ? null : manifestSchema.safeParse(parseJson(text)).data?.version;
}

async function readPackages(file: string): Promise<Packages | null> {
  const text = await readFileIfPresent(file);
  return text === null ? null : (lockSchema.safeParse(parseJson(text)).data?.packages ?? null);
}
