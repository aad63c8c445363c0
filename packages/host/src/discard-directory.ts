import { randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { allowedEnvironment } from '@nx-fleet/core';
import { nullIfAbsent } from './read-file.js';
import { startDetached } from './start-detached.js';

const TRASH = /^\.nx-fleet-trash-[0-9a-f]{12}$/;
const REMOVE = { recursive: true, force: true, maxRetries: 3 } as const;
/** Removes its one argument, a path that nobody else knows. */
const DELETER = `require('node:fs').rmSync(process.argv[1], ${JSON.stringify(REMOVE)});`;
const MAX_ATTEMPTS = 20;
const RETRY_MS = 100;

const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);
/** Another process removes from the same folder: what was listed is gone, or what was emptied is not empty yet. */
const IN_BETWEEN: ReadonlySet<string> = new Set(['ENOENT', 'ENOTEMPTY', 'EBUSY']);

/**
 * Moves a folder aside, to a name beside it, and has another process remove it. Where it cannot be moved, or no process be started, it is removed
 * here and now.
 */
export async function discardDirectory(directory: string, env: Readonly<Record<string, string>>): Promise<void> {
  const absolute = path.resolve(directory);
  const trash = path.join(path.dirname(absolute), `.nx-fleet-trash-${randomBytes(6).toString('hex')}`);
  try {
    await rename(absolute, trash);
  } catch (error) {
    // Whatever stands against the move, such as a mount: absence is fine, and a real obstacle shows again.
    if (!ABSENT.has((error as NodeJS.ErrnoException).code ?? '')) await rm(absolute, REMOVE);
    return;
  }
  const isStarted = await startDetached({ args: ['-e', DELETER, trash], cwd: path.parse(trash).root, env: allowedEnvironment(env) }).then(
    () => true,
    () => false,
  );
  if (!isStarted) await rm(trash, REMOVE);
}

/** Removes what discards have left beside a folder's other entries. @returns how many there were */
export async function sweepDiscarded(parent: string): Promise<number> {
  const names = await readdir(parent).catch((error: unknown) => nullIfAbsent(error) ?? []);
  const discarded = names.filter((name) => TRASH.test(name));
  for (const name of discarded) await removeBeside(path.join(parent, name));
  return discarded.length;
}

/** Two that only remove get done, however they meet. */
async function removeBeside(directory: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await rm(directory, REMOVE);
      return;
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !IN_BETWEEN.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      await sleep(RETRY_MS);
    }
  }
}
