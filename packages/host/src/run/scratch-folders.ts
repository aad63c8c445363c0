import { spawn } from 'node:child_process';
import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ProcessEnd, ScratchFolders } from '@nx-fleet/core';
import { isTagOfEndedProcess, ownProcessTag } from '@nx-fleet/system';
import { guardLeftover, guardPlainGroup } from './exit-guard.js';

const REMOVE = { recursive: true, force: true, maxRetries: 5 } as const;
const DELETER = `require('node:fs').rmSync(process.argv[1], ${JSON.stringify(REMOVE)});`;

/** The tag of the process that a folder belongs to, and what mkdtemp(3) adds. */
const NAME = /^nx-fleet-(.+)-[A-Za-z0-9]{6}$/;

/** Folders in the temporary one. Their names tell whose they are; a signal and the end of this process remove them. */
const scratchFolders: ScratchFolders = {
  async create() {
    const directory = await mkdtemp(path.join(await realpath(tmpdir()), `nx-fleet-${ownProcessTag()}-`));
    // A checkout may take longer to remove than a signal leaves us.
    const endNow = (): void => removeInBackground(directory);
    const forget = guardLeftover({ end: async () => endNow(), endNow });
    return {
      directory,
      remove: async () => {
        await rm(directory, REMOVE);
        forget();
      },
    };
  },
};

/** What ends with this process. */
export const processEnd: ProcessEnd = { scratch: scratchFolders, guardGroup: guardPlainGroup };

/** Real paths of those that a killed process of this machine has left. */
export async function forgottenScratchFolders(): Promise<readonly string[]> {
  const temporary = await realpath(tmpdir());
  return (await readdir(temporary))
    .filter((name) => isTagOfEndedProcess(NAME.exec(name)?.[1] ?? ''))
    .map((name) => path.join(temporary, name));
}

function removeInBackground(directory: string): void {
  spawn(process.execPath, ['-e', DELETER, directory], { cwd: '/', env: {}, detached: true, stdio: 'ignore' })
    .on('error', () => undefined)
    .unref();
}
