import path from 'node:path';
import { readFileIfPresent } from '@nx-fleet/system';
import { isOnDisk, type PackageOnDisk } from './packages-on-disk.js';

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
