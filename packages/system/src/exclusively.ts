import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExclusiveWork } from '@nx-fleet/core';
import { namesIn } from './paths.js';

/** A holder that was killed gives no sign of life for so long. */
const STALE_MS = 5_000;
const ALIVE_MS = 1_000;
const POLL_MS = 300;
/** What `lock` adds to a file's name. */
const ENDING = '.lock';

/** Acts while no other process of this user does so under the same file's name, which need not be there. @throws AbortError when the signal ends the waiting */
export async function exclusively<Result>(file: string, { act, ...waiting }: ExclusiveWork<Result>): Promise<Result> {
  await mkdir(dirname(file), { recursive: true });
  const release = await acquire(file, waiting);
  try {
    return await act();
  } finally {
    await release().catch(ignoreLost);
  }
}

/** Names of the files in a folder that begin so and that some process has, sorted. */
export async function exclusiveWork(folder: string, prefix: string): Promise<readonly string[]> {
  const entries = await namesIn(folder);
  const names = entries.filter((name) => name.startsWith(prefix) && name.endsWith(ENDING)).map((name) => name.slice(0, -ENDING.length));
  const { check } = await proper();
  const areHeld = await Promise.all(names.map((name) => check(join(folder, name), { realpath: false, stale: STALE_MS })));
  return names.filter((_, index) => areHeld[index]).toSorted();
}

async function acquire(file: string, { onWait, signal }: Omit<ExclusiveWork<unknown>, 'act'>): Promise<() => Promise<void>> {
  // Losing the lock, as by a long sleep of the machine, is not a reason to throw away what is nearly done.
  const options = { realpath: false, stale: STALE_MS, update: ALIVE_MS, onCompromised: ignoreLost };
  const { lock } = await proper();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await lock(file, options);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
    }
    if (attempt === 1) onWait();
    await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal });
  }
}

/** It listens to signals as soon as it is loaded: only where something is locked. */
function proper() {
  return import('proper-lockfile');
}

function ignoreLost(error: NodeJS.ErrnoException): void {
  if (!['ECOMPROMISED', 'ERELEASED', 'ENOTACQUIRED'].includes(error.code ?? '')) throw error;
}
