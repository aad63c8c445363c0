import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';

/** Whether the system would start a program: an executable file. A name is looked up on `path`, as `execvp` does it. */
export async function hasProgram(file: string, place: { readonly cwd: string; readonly path: string }): Promise<boolean> {
  const folders = file.includes('/') ? [''] : place.path.split(path.delimiter);
  for (const folder of folders) if (await isExecutable(path.resolve(place.cwd, folder, file))) return true;
  return false;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    // Missing, not executable or not readable: the system could not start it either.
    return false;
  }
}
