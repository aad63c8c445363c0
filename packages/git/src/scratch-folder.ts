import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScratchFolders } from '@nx-fleet/core';

/** New folders of this user alone, that nothing but their removal removes. */
export const plainScratchFolders: ScratchFolders = {
  async create() {
    const directory = await mkdtemp(join(await realpath(tmpdir()), 'nx-fleet-'));
    return { directory, remove: () => rm(directory, { recursive: true, force: true, maxRetries: 5 }) };
  },
};
