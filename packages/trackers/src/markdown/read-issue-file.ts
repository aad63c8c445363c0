import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, isAbsolute, relative, sep } from 'node:path';
import { printableLine, UserError } from '@nx-fleet/core';
import { parseFrontMatter, type SplitFile } from './front-matter.js';

const MAX_FILE_BYTES = 1_000_000;

/** A Markdown file of the workspace as an issue's source. */
export interface IssueFile extends SplitFile {
  /** The front matter's id, else the file's name without `.md`. */
  readonly reference: string;
  /** The file's name without `.md`. */
  readonly name: string;
  /** Relative to the workspace, for users. */
  readonly file: string;
}

/** Reads one Markdown file, or null when there is none. @throws UserError when it lies outside the workspace or is not readable text of at most 1 MB */
export async function readIssueFile(workspace: string, path: string): Promise<IssueFile | null> {
  const real = await realPathOrNull(path);
  if (real === null) {
    return null;
  }
  const root = await realpath(workspace);
  const file = relative(root, real);
  requireInside(root, real, path);
  const stats = await stat(real);
  if (!stats.isFile()) {
    throw new UserError(`"${printableLine(file)}" is not a file. Give a Markdown file.`);
  }
  if (stats.size > MAX_FILE_BYTES) {
    throw new UserError(`"${printableLine(file)}" is larger than 1 MB. Shorten the issue, or move attachments out of it.`);
  }
  const name = basename(path).replace(/\.md$/i, '');
  const split = parseFrontMatter(decode(await readFile(real), file), file);
  return {
    ...split,
    name,
    file: file.split(sep).join('/'),
    reference: split.frontMatter.id ?? name,
  };
}

/** The real path, or null when nothing is there. */
export async function realPathOrNull(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch (error) {
    if (isAbsence(error)) {
      return null;
    }
    throw new Error(`Path "${printableLine(path)}" cannot be resolved`, { cause: error });
  }
}

/** @throws UserError when a real path is not in the workspace's */
export function requireInside(workspace: string, real: string, shown: string): void {
  const path = relative(workspace, real);
  if (path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)) {
    throw new UserError(`"${printableLine(shown)}" lies outside the workspace "${printableLine(workspace)}". Move it into the workspace.`);
  }
}

function isAbsence(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG';
}

function decode(content: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (error) {
    throw new UserError(`"${printableLine(file)}" is not UTF-8 text. Save it as UTF-8.`, {
      cause: error,
    });
  }
}
