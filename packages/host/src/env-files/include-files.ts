import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type IncludeOutcome, type IncludeRequest, namesDatabase } from '@nx-fleet/core';
import { leadsInside, nullIfAbsent, pathExists, removeLeftovers, temporaryName } from '@nx-fleet/system';
import { belongsToDatabase, isDatabase } from './database-file.js';
import { withholdVariables } from './withhold-variables.js';

const CHUNK_BYTES = 256 * 1024;
/** Settings in other formats than env files' are that long at most. */
const SEARCHED_BYTES = 256 * 1024;

/** Codes of a source that cannot be had: gone, a link since, not ours to read. */
const UNAVAILABLE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EMLINK', 'EACCES', 'EPERM', 'ENXIO']);

interface FileCopy {
  readonly source: string;
  readonly target: string;
  readonly kind: IncludedKind;
}

/** What became of one file: copied, with the names of variables that were left out; or skipped; or there already. */
type Outcome = readonly string[] | 'skipped' | 'database' | 'present';

/** Copies ignored files into a worktree, each whole or not at all: what an interrupted call has not copied, the next one does. */
export async function includeFiles(request: IncludeRequest): Promise<IncludeOutcome> {
  const copied: string[] = [];
  const skipped: string[] = [];
  const databases: string[] = [];
  const withheld = new Set<string>();
  for (const file of request.paths) {
    const kind = classifyIncluded(file);
    if (kind === 'elsewhere') continue;
    const outcome = kind === 'never' ? 'skipped' : await includeFile(request, file, kind);
    if (outcome === 'skipped') skipped.push(file);
    else if (outcome === 'database') databases.push(file);
    else if (outcome !== 'present') {
      copied.push(file);
      outcome.forEach((name) => withheld.add(name));
    }
  }
  return { copied, skipped, databases, withheld: [...withheld] };
}

async function includeFile(request: IncludeRequest, file: string, kind: IncludedKind): Promise<Outcome> {
  const [from, to] = [path.resolve(request.from), path.resolve(request.to)];
  const copy: FileCopy = { source: path.join(from, file), target: path.join(to, file), kind };
  const isInside = (await leadsInside(from, path.dirname(copy.source))) && (await leadsInside(to, path.dirname(copy.target)));
  if (!isInside || !(await lstat(copy.source).catch(nullIfAbsent))?.isFile()) return 'skipped';
  await removeLeftovers(copy.target);
  if (await pathExists(copy.target)) return 'present';
  const source = await openForReading(copy.source);
  if (source === null) return 'skipped';
  try {
    if (isDatabase(source.fd) || (await belongsToDatabase(from, file))) return 'database';
    return await copyFrom(source, copy, request);
  } finally {
    await source.close();
  }
}

/** Null if it cannot be had, or is not a file any more. A pipe does not make it wait. */
async function openForReading(file: string): Promise<FileHandle | null> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    // Windows knows neither of the two.
    const handle = await open(file, O_RDONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0));
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
    return null;
  } catch (error) {
    if (UNAVAILABLE.has((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

async function copyFrom(source: FileHandle, { target, kind }: FileCopy, { mayCarry, isFilled }: IncludeRequest): Promise<Outcome> {
  if (kind === 'plain') {
    const { mode, size } = await source.stat();
    if (size <= SEARCHED_BYTES && namesDatabase((await source.readFile('latin1')).replaceAll('\0', ''))) return 'database';
    await writeWhole(target, mode & 0o777, (temporary) => copyBytes(source, temporary));
    return [];
  }
  const bytes = await source.readFile('latin1');
  const safe = bytes.includes('\0') ? null : withholdVariables(bytes, { mayCarry, isFilled, isScript: kind === 'env script' });
  if (safe === null) return 'skipped';
  await writeWhole(target, 0o600, (temporary) => temporary.writeFile(safe.text, 'latin1'));
  return safe.names;
}

async function copyBytes(source: FileHandle, target: FileHandle): Promise<void> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let position = 0; ;) {
    const { bytesRead } = await source.read(buffer, 0, CHUNK_BYTES, position);
    if (bytesRead === 0) return;
    await target.writeFile(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}

/** Through a temporary file and a rename. */
async function writeWhole(target: string, mode: number, write: (temporary: FileHandle) => Promise<void>): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true });
  const temporary = path.join(path.dirname(target), temporaryName(target));
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await write(handle);
      await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * `elsewhere` for what other steps see to; `never` for production's env files and for paths that lead out of the root; `env file` and `env script`
 * for what holds variables; else `plain`.
 */
export type IncludedKind = 'plain' | 'env file' | 'env script' | 'never' | 'elsewhere';

/** Dependencies are cloned, git's and Nx's own files belong to one worktree. */
const ELSEWHERE: ReadonlySet<string> = new Set(['node_modules', '.git', '.nx', '.nx-fleet']);

/** How a relative path is to be treated, by its name alone. */
export function classifyIncluded(file: string): IncludedKind {
  const folders = file.split(/[/\\]/);
  const name = folders.pop() ?? '';
  if (folders.some((folder) => ELSEWHERE.has(folder)) || ELSEWHERE.has(name)) return 'elsewhere';
  const isOutside = file.includes('\0') || path.isAbsolute(file) || [...folders, name].some((part) => part === '..' || part === '');
  const lower = name.toLowerCase();
  if (isOutside || /^\.env\.prod(uction)?(\.|$)/.test(lower)) return 'never';
  if (lower === '.envrc') return 'env script';
  if (!/^\.env(\.|$)|\.env$/.test(lower) || /\.(example|sample|template)$/.test(lower)) return 'plain';
  return /(^|\.)prod(uction)?(\.|$)/.test(lower) ? 'never' : 'env file';
}
