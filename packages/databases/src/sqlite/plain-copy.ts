import { constants, copyFile } from 'node:fs/promises';
import type { CopyMethod } from './copy-method.js';
import { pathExists } from '@nx-fleet/system';
import { SIDECARS, statEntry } from './sqlite-path.js';

/** Copies the file as it is, if no process has the database open or writes to it. */
export function createPlainCopy(copy: typeof copyFile = copyFile): CopyMethod {
  return {
    name: 'plain copy',
    readsDatabase: false,
    copy: async ({ source, target }) => {
      const before = await fingerprint(source);
      if (before === null) {
        return { kind: 'unavailable', reason: 'the database is in use' };
      }
      await copy(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      const after = await fingerprint(source);
      return after === before
        ? { kind: 'copied', by: 'plain copy' }
        : { kind: 'unavailable', reason: 'the database was written to while it was copied' };
    },
  };
}

/** Differs when the file was written to; null while SQLite's own files beside it show that it is in use. */
async function fingerprint(source: string): Promise<string | null> {
  for (const sidecar of SIDECARS) {
    if (await pathExists(source + sidecar)) {
      return null;
    }
  }
  const stats = await statEntry(source);
  return stats && [stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(' ');
}
