import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { nullIfAbsent } from './read-file.js';

/** True if what there is of a path below a folder, from its end, lies in that folder once links are followed. A folder that is not there holds all that is named so. */
export async function leadsInside(directory: string, resolved: string): Promise<boolean> {
  const root = await realpath(directory).catch(nullIfAbsent);
  if (root === null) return true;
  for (let place = resolved; place !== directory; place = path.dirname(place)) {
    const real = await realpath(place).catch(nullIfAbsent);
    if (real !== null) return real.startsWith(root + path.sep);
  }
  return true;
}
