import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import { nullIfAbsent } from './files.js';

/** Whether a path is a folder or lies in it, by name. */
export function isInside(file: string, directory: string): boolean {
  const way = path.relative(directory, file);
  return way === '' || (way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way));
}

/** True if what there is of a path below a folder, from its end, lies in that folder once links are followed. A folder that is not there holds all that is named so. */
export async function leadsInside(directory: string, resolved: string): Promise<boolean> {
  const root = await realpath(directory).catch(nullIfAbsent);
  if (root === null) return true;
  for (let place = resolved; place !== directory; place = path.dirname(place)) {
    const real = await realpath(place).catch(nullIfAbsent);
    if (real !== null) return real !== root && isInside(real, root);
  }
  return true;
}

/** True if anything is there, even a link to nowhere. */
export async function pathExists(file: string): Promise<boolean> {
  return (await lstat(file).catch(nullIfAbsent)) !== null;
}

/** True for a folder; false for a link to one. */
export async function isFolder(file: string): Promise<boolean> {
  return (await lstat(file).catch(nullIfAbsent))?.isDirectory() === true;
}
