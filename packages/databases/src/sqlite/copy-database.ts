import { printableLine, UserError } from '@nx-fleet/core';
import { open } from 'node:fs/promises';
import {
  type CopyContext,
  type CopyMethod,
  type CopyRequest,
  createBuiltInCopy,
  createCliCopy,
  createPlainCopy,
  createWorkspaceDriverCopy,
} from './copy-methods.js';
import { removeDatabaseFiles } from './database-files.js';

const HEADER = Buffer.from('SQLite format 3\0', 'latin1');

/** The ways to copy, best first. Only the last one cannot tell a sound database from a broken one. */
export function createCopyMethods(context: CopyContext): readonly CopyMethod[] {
  return [createBuiltInCopy(context), createWorkspaceDriverCopy(context), createCliCopy(context), createPlainCopy()];
}

/** Copies with the first method that can, and returns its name. @throws UserError with what each method lacked */
export async function copyDatabase(methods: readonly CopyMethod[], request: CopyRequest): Promise<string> {
  const source = printableLine(request.source);
  if (!(await hasHeader(request.source))) {
    throw new UserError(`"${source}" is not an SQLite database. Set "database.file" to one.`);
  }
  const lacks: string[] = [];
  const faults: string[] = [];
  for (const method of methods) {
    // What SQLite itself refused is not copied blindly.
    if (faults.length > 0 && !method.readsDatabase) continue;
    await removeDatabaseFiles(request.target);
    const outcome = await method.copy(request);
    if (outcome.kind === 'copied') {
      await requireCopy(request, outcome.by);
      return outcome.by;
    }
    await removeDatabaseFiles(request.target);
    (outcome.kind === 'failed' ? faults : lacks).push(`${method.name}: ${outcome.reason}`);
  }
  if (faults.length > 0) {
    throw new UserError(
      `Database "${source}" could not be copied (${faults.join('; ')}). End programs that hold it and try again; if it needs functions of the app, install the program sqlite3 or better-sqlite3, or use Node 22.16 or later. Or check it with: sqlite3 <file> "PRAGMA integrity_check"`,
    );
  }
  throw new UserError(
    `Database "${source}" could not be copied (${lacks.join('; ')}). Install better-sqlite3 or libsql in the workspace, or the program sqlite3, or use Node 22.13 or later. Or end the programs that use the database.`,
  );
}

async function requireCopy({ source, target }: CopyRequest, by: string): Promise<void> {
  if (!(await hasHeader(target))) {
    throw new Error(`The copy of "${printableLine(source)}" by ${by} has no SQLite header`);
  }
}

/** Whether a file starts as SQLite's do; an empty file is an empty database. */
async function hasHeader(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(HEADER.length), position: 0 });
    return bytesRead === 0 || buffer.equals(HEADER);
  } finally {
    await file.close();
  }
}
