import { minVersion, satisfies } from 'semver';

/**
 * Packages below `folder` that do not run on the lowest Node it promises, one sentence each. Package managers with strict engines refuse them.
 * @param lock a parsed package-lock.json
 */
export function engineFaults({ lock, folder, engines }) {
  const lowest = minVersion(engines.node);
  return [...productionTree(lock.packages, folder)]
    .filter((place) => !satisfies(lowest, lock.packages[place].engines?.node ?? '*'))
    .map((place) => `"${place}" wants Node ${lock.packages[place].engines.node}, and the package promises ${engines.node}.`);
}

function productionTree(packages, folder) {
  const places = new Set([folder]);
  // A set visits what is added while it is walked.
  for (const place of places) {
    const { dependencies = {}, optionalDependencies = {} } = packages[place];
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const found = resolve(packages, place, name);
      if (found !== undefined) places.add(found);
    }
  }
  return places;
}

/** Where Node finds a package: the nearest `node_modules` upwards. A workspace's entry is a link. */
function resolve(packages, from, name) {
  const parts = from.split('/');
  for (let length = parts.length; length >= 0; length -= 1) {
    const place = [...parts.slice(0, length), 'node_modules', name].join('/');
    const entry = packages[place];
    if (entry !== undefined) return entry.link === true ? entry.resolved : place;
  }
  return undefined;
}
