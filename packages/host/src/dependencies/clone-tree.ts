import { chmodSync, constants, type Dirent, linkSync, lstatSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as otherWork } from 'node:timers/promises';
import { namesIn } from '@nx-fleet/system';
import { databaseBeside, isDatabaseFile, isDataFolder } from '../env-files/database-file.js';

/** How a file comes over: blocks that are shared if the file system can, a second name for the same file, or a copy of its own. */
export type Transfer = 'clone' | 'link' | 'copy';

export interface TreeClone {
  /** A node_modules. */
  readonly from: string;
  readonly to: string;
  readonly transfer: Transfer;
  /** Names at the top that are left out. */
  readonly skip: ReadonlySet<string>;
  /** Packages that tools change in place: with the transfer `link` they are copied, as dot entries of a node_modules are. */
  readonly mutablePackages: ReadonlySet<string>;
  /** What a link is to hold in the copy, by what it holds and where it is. */
  readonly rewriteLink: (target: string, link: string) => string;
  readonly signal?: AbortSignal | undefined;
}

interface Folder {
  readonly relative: string;
  readonly isMutable: boolean;
}

interface Pending {
  readonly folders: Folder[];
  /** Files to copy, relative. */
  readonly files: string[];
}

/** In a package, files are looked into only if their name says so: there are tens of thousands. */
const DATABASE_NAME = /\.(?:s?db3?|sqlite3?|duckdb|rdb|s3db|sl3)$/i;
const PARALLEL_COPIES = 32;
const COPY_BATCH = 512;

/** A second name is refused: another file system, one without hard links, a file of someone else, or one with too many names. */
const LINKLESS: ReadonlySet<string> = new Set(['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/**
 * Repeats a node_modules elsewhere, without databases that tools keep in it. Links stay links, modes are kept. Leaves what it has made when it fails. @throws the signal's reason when aborted
 *
 * One folder after the other, its names in one go: through promises, a link costs more than twice the processor time, and others need it too.
 */
export async function cloneTree(clone: TreeClone): Promise<void> {
  const pending: Pending = { folders: [{ relative: '', isMutable: false }], files: [] };
  for (let folder = pending.folders.pop(); folder !== undefined; folder = pending.folders.pop()) {
    clone.signal?.throwIfAborted();
    cloneFolder(clone, folder, pending);
    if (pending.files.length >= COPY_BATCH) await copyFiles(clone, pending.files);
    await otherWork();
  }
  await copyFiles(clone, pending.files);
}

function cloneFolder(clone: TreeClone, folder: Folder, pending: Pending): void {
  const source = path.join(clone.from, folder.relative);
  makeFolder(path.join(clone.to, folder.relative), lstatSync(source).mode);
  const isMutableEntry = startsMutable(folder.relative, clone.mutablePackages);
  const entries = readdirSync(source, { withFileTypes: true });
  const names = new Set(entries.map(({ name }) => name));
  if (isDataFolder([...names])) return;
  for (const entry of entries) {
    if (folder.relative === '' && clone.skip.has(entry.name)) continue;
    if (names.has(databaseBeside(entry.name) ?? '')) continue;
    const relative = folder.relative === '' ? entry.name : `${folder.relative}/${entry.name}`;
    const isMutable = folder.isMutable || isMutableEntry(entry.name);
    const isDatabase = entry.isFile() && (isMutable || DATABASE_NAME.test(entry.name)) && isDatabaseFile(`${clone.from}/${relative}`);
    const isInUse = isMutable || folder.relative === '' || [...names].some((name) => databaseBeside(name) === entry.name);
    if (isDatabase && isInUse) continue;
    cloneEntry(clone, { entry, relative, isMutable: isMutable || isDatabase }, pending);
  }
}

function cloneEntry(clone: TreeClone, { entry, relative, isMutable }: Folder & { readonly entry: Dirent }, pending: Pending): void {
  const target = `${clone.to}/${relative}`;
  if (entry.isDirectory()) {
    pending.folders.push({ relative, isMutable });
  } else if (entry.isSymbolicLink()) {
    symlinkSync(clone.rewriteLink(readlinkSync(`${clone.from}/${relative}`), target), target);
  } else if (entry.isFile() && (isMutable || clone.transfer !== 'link' || !canLink(`${clone.from}/${relative}`, target))) {
    pending.files.push(relative);
  }
}

/** Ours to fill, whatever mode the other one has. */
function makeFolder(folder: string, mode: number): void {
  mkdirSync(folder, { recursive: true });
  if (((lstatSync(folder).mode ^ (mode | 0o700)) & 0o777) !== 0) chmodSync(folder, (mode | 0o700) & 0o777);
}

function canLink(source: string, target: string): boolean {
  try {
    linkSync(source, target);
    return true;
  } catch (error) {
    if (LINKLESS.has((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

/** Empties the list. Stops at the first failure, after the copies under way. */
async function copyFiles({ from, to, transfer, signal }: TreeClone, files: string[]): Promise<void> {
  const mode = transfer === 'copy' ? 0 : constants.COPYFILE_FICLONE;
  const copyOn = async (): Promise<void> => {
    for (let file = files.pop(); file !== undefined && signal?.aborted !== true; file = files.pop()) {
      await copyFile(path.join(from, file), path.join(to, file), mode).catch((error: unknown) => {
        files.length = 0;
        throw error;
      });
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: PARALLEL_COPIES }, copyOn));
  signal?.throwIfAborted();
  const failure = ends.find((end) => end.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

/** `prisma generate` writes into it. */
const ALWAYS_MUTABLE = '@prisma/client';

/** Packages of a worktree that tools change in place: Prisma's client, and those that patch-package has a patch for. */
export async function mutablePackages(worktree: string): Promise<ReadonlySet<string>> {
  const patches = await namesIn(path.join(worktree, 'patches'));
  return new Set([ALWAYS_MUTABLE, ...patches.filter((name) => name.endsWith('.patch')).flatMap(patchedPackages)]);
}

/** `@a+b++c+1.2.3.patch` is for c inside @a/b: both, to be sure. */
function patchedPackages(file: string): readonly string[] {
  return file.split('++').map((part) => {
    const [first = '', second = ''] = part.split('+');
    return first.startsWith('@') ? `${first}/${second}` : first;
  });
}

/**
 * Tells of the names in one folder of a node_modules which of them tools change in place: dot entries, such as `.prisma` and a package manager's
 * own records, and the packages given.
 */
export function startsMutable(folder: string, packages: ReadonlySet<string>): (name: string) => boolean {
  const names = folder.split('/').filter((name) => name !== '');
  const [scope, ...below] = names.slice(names.lastIndexOf('node_modules') + 1);
  if (scope === undefined) return (name) => name.startsWith('.') || packages.has(name);
  return scope.startsWith('@') && below.length === 0 ? (name) => packages.has(`${scope}/${name}`) : () => false;
}
