import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { link, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Nx's own hashes are digits; no name with a dot or a slash in it can leave the folder. */
const HASH = /^[\w-]{1,128}$/;

export function isHash(text) {
  return HASH.test(text);
}

/**
 * Artifacts as files of one folder, named by their hash. Any number of servers can share the folder: a file appears whole or not at all, and
 * none is ever written over.
 * @param {string} directory made if it is not there
 */
export function openStore(directory) {
  const file = (hash) => join(directory, hash);
  return {
    /** @returns {Promise<{ handle: import('node:fs/promises').FileHandle, bytes: number } | null>} to be closed by the caller */
    async read(hash) {
      try {
        const handle = await open(file(hash));
        return { handle, bytes: (await handle.stat()).size };
      } catch (error) {
        if (error.code === 'ENOENT') return null;
        throw error;
      }
    },

    /** @returns {Promise<boolean>} false when there is one already, which stays. @throws Error when the stream breaks off */
    async write(hash, stream) {
      await mkdir(directory, { recursive: true });
      const half = join(directory, `.${hash}.${randomBytes(6).toString('hex')}`);
      try {
        await pipeline(stream, createWriteStream(half, { flags: 'wx' }));
        // Renaming would replace what another upload has put there meanwhile.
        await link(half, file(hash));
        return true;
      } catch (error) {
        if (error.code === 'EEXIST' && error.syscall === 'link') return false;
        throw error;
      } finally {
        await rm(half, { force: true });
      }
    },
  };
}
