import { lstat, readFile } from 'node:fs/promises';

/** The file's text, or null if there is none. */
export async function readFileIfPresent(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    return nullIfAbsent(error);
  }
}

/** True if anything is there, even a link to nowhere. */
export async function pathExists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    return nullIfAbsent(error) !== null;
  }
}

/** True for a folder; false for a link to one. */
export async function isFolder(path: string): Promise<boolean> {
  const found = await lstat(path).catch(nullIfAbsent);
  return found !== null && found.isDirectory();
}

/** Null for the error of an absent file; any other is thrown on. */
export function nullIfAbsent(error: unknown): null {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return null;
  }
  throw error;
}
