import { randomBytes } from 'node:crypto';
import { link, mkdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Allocation, type Registry, type RegistryChange, type Spare, UserError } from '@nx-fleet/core';
import {
  identifyProcess,
  isProcessAlive,
  isVisible,
  namesIn,
  nullIfAbsent,
  readFileIfPresent,
  systemErrorCode,
  writeDurably,
} from '@nx-fleet/system';
import { createHeartbeat } from './heartbeat.js';
import { formatVersion, parseVersion, type RegistryVersion } from './registry-version.js';

export interface RegistryOptions {
  readonly directory: string;
  /** Makes a second name for a file; fails if the name is taken. @default link(2) */
  readonly link?: (existing: string, name: string) => Promise<void>;
}

interface NumberedVersion extends RegistryVersion {
  readonly number: number;
}

const KEPT_VERSIONS = 30;
const MAX_JITTER_MS = 20;
const MAX_ATTEMPTS = 2_000;
const LEFTOVER_AGE_MS = 3_600_000;

/**
 * A chain of immutable files r1.json, r2.json, … of which the highest holds. The next number goes to the process that makes the file first:
 * no process holds a lock, so none can die with it.
 */
export function createRegistry({ directory, link: makeLink = link }: RegistryOptions): Registry {
  const self = identifyProcess(process.pid);
  const heartbeat = createHeartbeat(directory, self);
  return {
    // Who asks for it is about to leave it where others read it.
    get self() {
      heartbeat.begin();
      return self;
    },
    read: async () => (await readNewest(directory)).allocations,
    readSpares: async () => (await readNewest(directory)).spares,
    update: (change) => update({ directory, link: makeLink }, change),
    isAlive: async (identity) => (isVisible(identity) ? isProcessAlive(identity) : heartbeat.isHeard(identity)),
  };
}

async function update<Result>(
  options: Required<RegistryOptions>,
  change: (current: readonly Allocation[], spares: readonly Spare[]) => RegistryChange<Result>,
): Promise<Result> {
  await mkdir(options.directory, { recursive: true, mode: 0o700 });
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const base = await readNewest(options.directory);
    const { allocations, spares = base.spares, result } = change(base.allocations, base.spares);
    const id = randomBytes(6).toString('hex');
    const next = { number: base.number + 1, allocations, spares, history: [id, ...base.history] };
    if ((await claim(options, next)) && (await isInChain(options.directory, next.number, id))) {
      await prune(options.directory, next.number);
      return result;
    }
    await sleep(Math.random() * MAX_JITTER_MS);
  }
  throw new Error(`The registry in "${options.directory}" did not come to rest in ${MAX_ATTEMPTS} attempts.`);
}

/** Makes the version's file, whole from the start. False if another process has taken the number. */
async function claim({ directory, link: makeLink }: Required<RegistryOptions>, next: NumberedVersion): Promise<boolean> {
  const target = versionFile(directory, next.number);
  const temporary = path.join(directory, `t-${process.pid}-${next.history[0] ?? ''}.tmp`);
  try {
    await writeDurably(temporary, formatVersion(next), 0o600);
    await makeLink(temporary, target);
    return true;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'EEXIST') return false;
    if (code !== null && LINKLESS.has(code)) {
      throw new UserError(`"${directory}" is on a file system without hard links. Set NX_FLEET_HOME to a folder on another one.`, {
        cause: error,
      });
    }
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Codes of file systems without hard links, such as exFAT. */
const LINKLESS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** False if the number was free only since it had been pruned already: a slow process must not win with an old state. */
async function isInChain(directory: string, number: number, id: string): Promise<boolean> {
  const newest = await readNewest(directory);
  if (newest.history.includes(id)) return true;
  await rm(versionFile(directory, number), { force: true });
  return false;
}

async function readNewest(directory: string): Promise<NumberedVersion> {
  for (;;) {
    const number = (await versionNumbers(directory)).at(-1);
    if (number === undefined) return { number: 0, allocations: [], spares: [], history: [] };
    const file = versionFile(directory, number);
    const text = await readFileIfPresent(file);
    if (text !== null) return { number, ...parseVersion(file, text) };
    await sleep(Math.random() * MAX_JITTER_MS);
  }
}

/** Numbers of the files that are there, rising. */
async function versionNumbers(directory: string): Promise<readonly number[]> {
  const names = await namesIn(directory);
  return names
    .map((name) => Number(/^r([1-9]\d*)\.json$/.exec(name)?.[1]))
    .filter(Number.isSafeInteger)
    .sort((one, other) => one - other);
}

async function prune(directory: string, newest: number): Promise<void> {
  for (const number of await versionNumbers(directory)) {
    if (number <= newest - KEPT_VERSIONS) {
      await rm(versionFile(directory, number), { force: true });
    }
  }
  for (const name of await namesIn(directory)) {
    const file = path.join(directory, name);
    const found = name.endsWith('.tmp') ? await stat(file).catch(nullIfAbsent) : null;
    if (found && Date.now() - found.mtimeMs > LEFTOVER_AGE_MS) {
      await rm(file, { force: true });
    }
  }
}

function versionFile(directory: string, number: number): string {
  return path.join(directory, `r${number}.json`);
}
