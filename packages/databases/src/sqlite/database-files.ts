import { rm } from 'node:fs/promises';
import { SIDECARS } from './sqlite-path.js';

/** Removes what SQLite keeps beside a database; absence is fine. */
export async function removeSidecars(path: string): Promise<void> {
  for (const sidecar of SIDECARS) {
    await rm(path + sidecar, { force: true });
  }
}

/** Removes a database with all that SQLite keeps beside it; absence is fine. */
export async function removeDatabaseFiles(path: string): Promise<void> {
  await rm(path, { force: true });
  await removeSidecars(path);
}
