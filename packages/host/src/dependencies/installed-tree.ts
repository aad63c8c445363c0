import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type CommandRunner, parseJson } from '@nx-fleet/core';
import { nullIfAbsent, pathExists, readFileIfPresent } from '@nx-fleet/system';
import { z } from 'zod';
import type { PackageManager } from './package-manager.js';
import { isOnDisk, type PackageOnDisk } from './packages-on-disk.js';

const packageSchema = z.object({
  version: z.string().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  optional: z.boolean().optional(),
  devOptional: z.boolean().optional(),
  peer: z.boolean().optional(),
  link: z.boolean().optional(),
  extraneous: z.boolean().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
  devDependencies: z.record(z.string(), z.string()).optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});
const lockSchema = z.object({ packages: z.record(z.string(), packageSchema) });

type PackageEntry = z.infer<typeof packageSchema>;
type Packages = z.infer<typeof lockSchema>['packages'];

export interface InstalledTree {
  readonly worktree: string;
  readonly packageManager: PackageManager;
  /** Folders with a package.json, relative to the worktree. */
  readonly folders: readonly string[];
  readonly commands: CommandRunner;
  readonly env: Readonly<Record<string, string>>;
}

/** True if a worktree's node_modules is what its lockfile says: finished, and no older than the last pull. Compares contents, not times. */
export async function isInstalledTreeCurrent(tree: InstalledTree): Promise<boolean> {
  const { name, isClassicYarn } = tree.packageManager;
  if (name === 'npm') return (await isNpmTreeCurrent(tree)) && isNewerThanPatches(tree.worktree, '.package-lock.json');
  if (name === 'yarn' && isClassicYarn)
    return (await isClassicYarnTreeCurrent(tree)) && isNewerThanPatches(tree.worktree, '.yarn-integrity');
  return name === 'yarn' && isYarnTreeCurrent(tree.worktree);
}

/** No record names the patches of patch-package. One that came with a pull is not applied until an install. */
async function isNewerThanPatches(worktree: string, record: string): Promise<boolean> {
  const { mtimeMs } = await stat(path.join(worktree, 'node_modules', record));
  const folder = path.join(worktree, 'patches');
  const patches = await readdir(folder, { recursive: true }).catch((error: unknown) => nullIfAbsent(error) ?? []);
  const changes = await Promise.all(patches.map(async (patch) => (await stat(path.join(folder, patch))).mtimeMs));
  return changes.every((changedAt) => changedAt <= mtimeMs);
}

/** Yarn 1 compares its record with the lockfile, each package.json and its settings itself. */
async function isClassicYarnTreeCurrent({ worktree, commands, env }: InstalledTree): Promise<boolean> {
  const { exitCode } = await commands.run({ file: 'yarn', args: ['check', '--integrity'], cwd: worktree, env });
  return exitCode === 0;
}

async function isNpmTreeCurrent({ worktree, folders }: InstalledTree): Promise<boolean> {
  const locked = await readPackages(path.join(worktree, 'package-lock.json'));
  const wanted = locked && (await withoutAbsentWorkspaces(worktree, locked));
  const installed = await readPackages(path.join(worktree, 'node_modules', '.package-lock.json'));
  if (wanted === null || installed === null || !isSame(wanted, installed)) return false;
  for (const folder of folders) {
    if (wanted[folder] !== undefined && !(await agreesWithManifest(path.join(worktree, folder), wanted[folder]))) return false;
  }
  const packages = Object.entries(installed).filter(([place, { link }]) => isBelowNodeModules(place) && link !== true);
  // npm 11 rewrites the tree's own lockfile for `--package-lock-only` too, without touching a package: look at these themselves.
  return isOnDisk(
    worktree,
    packages.map(([place, { version }]) => [place, version]),
  );
}

/** A package.json can be changed without the lockfile. */
async function agreesWithManifest(folder: string, locked: PackageEntry): Promise<boolean> {
  const manifest = packageSchema.safeParse(parseJson((await readFileIfPresent(path.join(folder, 'package.json'))) ?? ''));
  return manifest.success && isDeepStrictEqual(specsOf(manifest.data), specsOf(locked));
}

function specsOf({ dependencies, devDependencies, optionalDependencies }: PackageEntry): Record<string, string> {
  return { ...devDependencies, ...dependencies, ...optionalDependencies };
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

function isBelowNodeModules(place: string): boolean {
  return place.includes('node_modules/');
}

async function readPackages(file: string): Promise<Packages | null> {
  const text = await readFileIfPresent(file);
  return text === null ? null : (lockSchema.safeParse(parseJson(text)).data?.packages ?? null);
}

/** Whether the node_modules of Yarn 2 and later holds what its lockfile names, which is compared with Yarn's record of the last install. */
export async function isYarnTreeCurrent(worktree: string): Promise<boolean> {
  const lock = await readFileIfPresent(path.join(worktree, 'yarn.lock'));
  const state = await readFileIfPresent(path.join(worktree, 'node_modules', '.yarn-state.yml'));
  if (lock === null || state === null) return false;
  const wanted = parseLock(lock);
  const installed = parseState(state);
  const isThere = [...wanted].every(([locator, isForAll]) => !isForAll || installed.has(locator));
  return isThere && [...installed.keys()].every((locator) => wanted.has(locator)) && isOnDisk(worktree, packagesOf(installed));
}

/** Each locator of a lockfile, and whether it is for all platforms. Yarn writes both files in one form only, line by line. */
function parseLock(text: string): ReadonlyMap<string, boolean> {
  return new Map(
    text.split(/\r?\n\r?\n/).flatMap((block) => {
      const locator = /^ {2}resolution: "(.+)"$/m.exec(block)?.[1];
      return locator === undefined ? [] : [[locator, !/^ {2}conditions:/m.test(block)] as const];
    }),
  );
}

/** Each locator of a record, with the folders that it is in. A package with peers has one more for each set of them. */
function parseState(text: string): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  for (const block of text.split(/\r?\n\r?\n/)) {
    const locator = /^"(.+)":$/m.exec(block)?.[1]?.replace(/@virtual:[\da-f]+#/, '@');
    if (locator === undefined) continue;
    const [, locations = ''] = /^ {2}locations:\r?\n((?: {4}.*(?:\r?\n|$))+)/m.exec(block) ?? [];
    const folders = [...locations.matchAll(/- "(.*)"/g)].map((match) => match[1] ?? '');
    places.set(locator, [...(places.get(locator) ?? []), ...folders]);
  }
  return places;
}

/** Only a locator of a registry names its version. */
function packagesOf(installed: ReadonlyMap<string, readonly string[]>): readonly PackageOnDisk[] {
  return [...installed].flatMap(([locator, places]) => {
    const version = /@npm:(?:@?[^@]+@)?(\d[^:]*)(?:::.*)?$/.exec(locator)?.[1];
    return version === undefined ? [] : places.map((place) => [place, version] as const);
  });
}
