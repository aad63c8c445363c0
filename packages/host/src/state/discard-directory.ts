import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { allowedEnvironment, printableLine, UserError } from '@nx-fleet/core';
import { namesIn } from '@nx-fleet/system';
import { startDetached } from '../run/start-in-background.js';

const DISCARDED_PREFIX = '.nx-fleet-discarded-';
/** Earlier versions called them `trash`. */
const DISCARDED = /^\.nx-fleet-(?:discarded|trash)-[0-9a-f]{12}$/;
const REMOVE = { recursive: true, force: true, maxRetries: 3 } as const;
/** Names of folders that could not be removed: they are reported once. */
const LEFT_PREFIX = '.nx-fleet-left-';
/** Removes its one argument, a private path. Folders that are write-protected, as some package caches are, are opened first; files are not, for they may be hard links. */
const DELETER = `
const { chmodSync, readdirSync, rmSync } = require('node:fs');
const remove = () => rmSync(process.argv[1], ${JSON.stringify(REMOVE)});
const open = (folder) => {
  try {
    chmodSync(folder, 0o700);
    for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isDirectory()) open(folder + '/' + entry.name);
  } catch {}
};
try { remove(); } catch { open(process.argv[1]); remove(); }`;
const MAX_ATTEMPTS = 20;
const RETRY_MS = 100;

const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);
/** Another process removes from the same folder: what was listed is gone, or what was emptied is not empty yet. */
const IN_BETWEEN: ReadonlySet<string> = new Set(['ENOENT', 'ENOTEMPTY', 'EBUSY']);
const FORBIDDEN: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS']);

/**
 * Moves a folder aside, to a name beside it, and has another process remove it. Where it cannot be moved, or no process be started, it is removed
 * here and now.
 */
export async function discardDirectory(directory: string, env: Readonly<Record<string, string>>): Promise<void> {
  const absolute = path.resolve(directory);
  const discarded = path.join(path.dirname(absolute), `${DISCARDED_PREFIX}${randomBytes(6).toString('hex')}`);
  try {
    await rename(absolute, discarded);
  } catch (error) {
    // Whatever stands against the move, such as a mount: absence is fine, and a real obstacle shows again.
    if (!ABSENT.has((error as NodeJS.ErrnoException).code ?? '')) await removeHere(absolute);
    return;
  }
  const isStarted = await startDetached({
    args: ['-e', DELETER, discarded],
    cwd: path.parse(discarded).root,
    env: allowedEnvironment(env),
  }).then(
    () => true,
    () => false,
  );
  if (!isStarted) await rm(discarded, REMOVE);
}

/** @throws UserError when this user may not */
async function removeHere(directory: string): Promise<void> {
  const reason = await removeAsFarAsAllowed(directory);
  if (reason !== null)
    throw new UserError(`"${directory}" cannot be deleted: ${reason}. Delete it, then run this again: sudo rm -rf "${directory}"`);
}

/**
 * Removes what discards have left beside a folder's other entries. @returns how many there were
 * @throws UserError naming what this user may not remove, once: it gets another name, under which no later call looks at it
 */
export async function sweepDiscarded(parent: string): Promise<number> {
  const names = await namesIn(parent);
  const discarded = names.filter((name) => DISCARDED.test(name));
  const left: string[] = [];
  for (const name of discarded) {
    const reason = await removeAsFarAsAllowed(path.join(parent, name));
    if (reason === null) continue;
    const place = path.join(parent, name.replace(DISCARDED_PREFIX, LEFT_PREFIX));
    await rename(path.join(parent, name), place);
    left.push(`"${place}" (${reason.replaceAll(name, path.basename(place))})`);
  }
  if (left.length === 0) return discarded.length;
  const folders = left.map((entry) => entry.slice(0, entry.indexOf('" (') + 1));
  throw new UserError(`This user may not delete ${left.join(', ')}. Delete by hand: sudo rm -rf ${folders.join(' ')}`);
}

/** @returns the system's reason where this user may not remove it, else null */
async function removeAsFarAsAllowed(directory: string): Promise<string | null> {
  try {
    await removeBeside(directory);
    return null;
  } catch (error) {
    if (!FORBIDDEN.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  const { status } = spawnSync(process.execPath, ['-e', DELETER, directory], { cwd: path.parse(directory).root, stdio: 'ignore' });
  if (status === 0) return null;
  return rm(directory, REMOVE).then(
    () => null,
    (error: unknown) => printableLine(error instanceof Error ? error.message : String(error)),
  );
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
