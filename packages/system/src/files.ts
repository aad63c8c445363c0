import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { namesIn } from './paths.js';
import { isTagOfEndedProcess, ownProcessTag } from './process-identity.js';

export interface FileToWrite {
  readonly path: string;
  readonly text: string;
  /** @default 0o666 without the umask */
  readonly mode?: number;
  /** Folder on the same file system for the half-written file. @default that of the file */
  readonly temporaryDirectory?: string;
}

/** Writes a file that its owner alone may read: whole or not at all. */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  await removeLeftovers(file);
  await replaceFile({ path: file, text, mode: 0o600 });
}

/** Writes through a temporary file and a rename: it is never read half-written. Makes the folders. */
export async function replaceFile({ path: target, text, mode, temporaryDirectory }: FileToWrite): Promise<void> {
  const directory = temporaryDirectory ?? path.dirname(target);
  await mkdir(directory, { recursive: true });
  await mkdir(path.dirname(target), { recursive: true });
  const temporary = path.join(directory, temporaryName(target));
  try {
    await writeDurably(temporary, text, mode);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Makes a new file and waits until the disk has it. @throws EEXIST when something is there */
export async function writeDurably(file: string, text: string, mode = 0o666): Promise<void> {
  const handle = await open(file, 'wx', mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Name for the half-written file. Keeps the extension, so that a rule of .gitignore such as `*.local` covers `.env.local`'s temporary file too. */
export function temporaryName(target: string): string {
  const { name, ext } = path.parse(target);
  return `${name}.nx-fleet-${ownProcessTag()}-${randomBytes(4).toString('hex')}${ext}`;
}

/** Removes what writes of a file that were killed here have left: a secret in there must not stay. */
export async function removeLeftovers(target: string): Promise<void> {
  const { dir, name, ext } = path.parse(target);
  for (const found of await namesIn(dir)) {
    const owner = found.startsWith(`${name}.nx-fleet-`) && found.endsWith(ext) ? /\.nx-fleet-([^.]+)-[0-9a-f]{8}/.exec(found) : null;
    if (isTagOfEndedProcess(owner?.[1] ?? '')) {
      await rm(path.join(dir, found), { force: true });
    }
  }
}
