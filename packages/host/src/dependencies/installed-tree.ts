import path from 'node:path';
import { z } from 'zod';
import { pathExists, readFileIfPresent } from '../read-file.js';
import type { PackageManager } from './lockfile.js';
import { parseJson } from './package-json.js';

const packageSchema = z.object({
  version: z.string().optional(),
  resolved: z.string().optional(),
  optional: z.boolean().optional(),
  devOptional: z.boolean().optional(),
  peer: z.boolean().optional(),
  extraneous: z.boolean().optional(),
});
const lockSchema = z.object({ packages: z.record(z.string(), packageSchema) });

type Packages = z.infer<typeof lockSchema>['packages'];

/** True if a worktree's node_modules is what its lockfile says: finished, and no older than the last pull. */
export async function isInstalledTreeCurrent(worktree: string, packageManager: PackageManager): Promise<boolean> {
  if (packageManager.name === 'yarn') {
    // Yarn writes it at the end of an install.
    return pathExists(path.join(worktree, 'node_modules', packageManager.isClassicYarn ? '.yarn-integrity' : '.yarn-state.yml'));
  }
  const wanted = await readPackages(path.join(worktree, 'package-lock.json'));
  const installed = await readPackages(path.join(worktree, 'node_modules', '.package-lock.json'));
  return wanted !== null && installed !== null && isSame(wanted, installed);
}

/** Packages for other platforms are in the lockfile only; what someone added by hand is in the tree only. */
function isSame(wanted: Packages, installed: Packages): boolean {
  const isThere = Object.entries(wanted).every(
    ([place, entry]) =>
      !place.includes('node_modules/') || place in installed || Boolean(entry.optional || entry.devOptional || entry.peer),
  );
  const isWanted = Object.entries(installed).every(([place, entry]) => {
    const match = wanted[place];
    return entry.extraneous === true || (match !== undefined && match.version === entry.version && match.resolved === entry.resolved);
  });
  return isThere && isWanted;
}

async function readPackages(file: string): Promise<Packages | null> {
  const text = await readFileIfPresent(file);
  return text === null ? null : (lockSchema.safeParse(parseJson(text)).data?.packages ?? null);
}
