import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { lock } from 'proper-lockfile';
import type { ExclusiveWork } from '@nx-fleet/core';

/** A holder that was killed gives no sign of life for so long. */
const STALE_MS = 5_000;
const ALIVE_MS = 1_000;
const RETRIES = { forever: true, minTimeout: 100, maxTimeout: 1_000, factor: 1.5 } as const;

/** Acts while no other process of this user does so under the same file's name, which need not be there. */
export async function exclusively<Result>(file: string, { act, onWait }: ExclusiveWork<Result>): Promise<Result> {
  await mkdir(dirname(file), { recursive: true });
  const release = await acquire(file, onWait);
  try {
    return await act();
  } finally {
    await release().catch(ignoreLost);
  }
}

async function acquire(file: string, onWait: () => void): Promise<() => Promise<void>> {
  // Losing the lock, as by a long sleep of the machine, is no reason to throw away what is nearly done.
  const options = { realpath: false, stale: STALE_MS, update: ALIVE_MS, onCompromised: ignoreLost };
  try {
    return await lock(file, options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
  }
  onWait();
  return lock(file, { ...options, retries: RETRIES });
}

function ignoreLost(error: NodeJS.ErrnoException): void {
  if (!['ECOMPROMISED', 'ERELEASED', 'ENOTACQUIRED'].includes(error.code ?? '')) throw error;
}
