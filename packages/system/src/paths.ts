import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';

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

/** The code of a system error such as `ENOENT`, or null for any other error. */
export function systemErrorCode(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** Whether the error says that there is no such file. */
export function isMissingFile(error: unknown): boolean {
  const code = systemErrorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** Null for the error of an absent file; any other is thrown on. */
export function nullIfAbsent(error: unknown): null {
  if (isMissingFile(error)) return null;
  throw error;
}

/** The file's text, or null if there is none. */
export async function readFileIfPresent(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch(nullIfAbsent);
}

/** The names in a folder; none where there is no folder. */
export async function namesIn(directory: string): Promise<readonly string[]> {
  return (await readdir(directory).catch(nullIfAbsent)) ?? [];
}
