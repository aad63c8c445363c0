import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ProcessEnd, ScratchFolders } from '@nx-fleet/core';
import { guardLeftover, guardPlainGroup } from './exit-guard.js';
import { identifyProcess, isProcessAlive, processPlace } from './process-identity.js';

const REMOVE = { recursive: true, force: true, maxRetries: 5 } as const;
const DELETER = `require('node:fs').rmSync(process.argv[1], ${JSON.stringify(REMOVE)});`;

/** Place, process id and start of the process that a folder belongs to, and what mkdtemp(3) adds. */
const NAME = /^nx-fleet-([0-9a-f]{6})-(\d+)-([0-9a-f]{6})-[A-Za-z0-9]{6}$/;

/** Folders in the temporary one. Their names tell whose they are; a signal and the end of this process remove them. */
const scratchFolders: ScratchFolders = {
  async create() {
    const { pid, startedAt } = identifyProcess(process.pid);
    const prefix = `nx-fleet-${digest(processPlace())}-${pid}-${digest(startedAt ?? '')}-`;
    const directory = await mkdtemp(path.join(await realpath(tmpdir()), prefix));
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

/** Real paths of those that a killed process of this machine has left. Of other containers and machines nothing is known here. */
export async function forgottenScratchFolders(): Promise<readonly string[]> {
  const temporary = await realpath(tmpdir());
  return (await readdir(temporary)).filter(isForgotten).map((name) => path.join(temporary, name));
}

function isForgotten(name: string): boolean {
  const [, place, id, start] = NAME.exec(name) ?? [];
  if (place === undefined || place !== digest(processPlace())) return false;
  const { pid, startedAt } = identifyProcess(Number(id));
  return !isProcessAlive({ pid, startedAt: null }) || digest(startedAt ?? '') !== start;
}

function removeInBackground(directory: string): void {
  spawn(process.execPath, ['-e', DELETER, directory], { cwd: '/', env: {}, detached: true, stdio: 'ignore' })
    .on('error', () => undefined)
    .unref();
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 6);
}
