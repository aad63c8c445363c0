import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { pathExists } from '@nx-fleet/system';

/** How files of databases begin, and at which byte: SQLite, DuckDB, a dump of Redis' memory, H2. */
const HEADERS: readonly (readonly [number, string])[] = [
  [0, 'SQLite format 3\0'],
  [8, 'DUCK'],
  [0, 'REDIS0'],
  [0, 'H:2,block'],
];
const HEADER_BYTES = 16;
/** What SQLite keeps beside a database. */
const SIDECAR = /-(?:wal|shm|journal)$/;
/** Files that the data folder of a server has: PostgreSQL, MySQL, MongoDB. */
const OF_DATA_FOLDER: ReadonlySet<string> = new Set(['PG_VERSION', 'ibdata1', 'WiredTiger']);

/** Whether an open file is a database: a copy of it would be torn, and a link would be the same data. */
export function isDatabase(descriptor: number): boolean {
  const buffer = Buffer.alloc(HEADER_BYTES);
  const head = buffer.subarray(0, readSync(descriptor, buffer, 0, HEADER_BYTES, 0)).toString('latin1');
  return HEADERS.some(([at, text]) => head.startsWith(text, at));
}

export function isDatabaseFile(file: string): boolean {
  const descriptor = openSync(file, 'r');
  try {
    return isDatabase(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

export function isDataFolder(names: readonly string[]): boolean {
  return names.some((name) => OF_DATA_FOLDER.has(name));
}

/** The database that a file of SQLite's belongs to, by its name; null for any other file. */
export function databaseBeside(file: string): string | null {
  return SIDECAR.test(file) ? file.replace(SIDECAR, '') : null;
}

/** Whether a relative path below a folder is SQLite's file beside a database, or lies in a database server's data folder. */
export async function belongsToDatabase(root: string, file: string): Promise<boolean> {
  const database = databaseBeside(file);
  if (database !== null && (await pathExists(path.join(root, database)))) return true;
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const marks = await Promise.all([...OF_DATA_FOLDER].map((name) => pathExists(path.join(root, folder, name))));
    if (marks.includes(true)) return true;
    if (folder === '.') return false;
  }
}
