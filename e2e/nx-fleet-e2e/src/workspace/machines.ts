import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startCacheServer, TOKENS, type CacheDoor, type CacheServer } from './cache-server.js';
import { SCRIPTED_FILES } from './scripted-agents.js';
import { createWorkspace, initialize, openWorkspace, succeed, type Workspace } from './workspace.js';

export interface MachineOptions {
  /** @default write */
  readonly token?: keyof typeof TOKENS;
  /** What it clones. @default the default branch */
  readonly branch?: string;
}

/** Machines that have nothing in common but a repository to clone and a cache server. */
export interface Machines {
  readonly cache: CacheServer;
  /** The repository that all clone: bare, with one branch `main`. */
  readonly origin: string;
  /** A clone with its own HOME, registry of ports and Nx cache, in its own network namespace where that is possible. */
  add(options?: MachineOptions): Promise<Workspace>;
  /** Stops and removes everything. */
  remove(): Promise<void>;
}

export interface MachinesRequest {
  readonly nxVersion: string;
  readonly devkitVersion: string;
  /** Files by path, besides the scripted agents. */
  readonly files: Readonly<Record<string, string>>;
}

/** Makes the repository and starts the cache server. */
export async function createMachines({ files, ...versions }: MachinesRequest): Promise<Machines> {
  const first = await createWorkspace({ ...versions, files: { ...SCRIPTED_FILES, ...files } });
  const origin = join(first.folder, 'origin.git');
  const cache = await startCacheServer(first.folder);
  const doors: CacheDoor[] = [];
  const machines: Workspace[] = [];
  const remove = async (): Promise<void> => {
    await Promise.all(doors.map((door) => door.stop()));
    await cache.stop();
    first.remove();
  };
  const add = async ({ token = 'write', branch = 'main' }: MachineOptions = {}): Promise<Workspace> => {
    const door = await cache.openDoor();
    doors.push(door);
    const folder = join(first.folder, `machine-${machines.length + 1}`);
    const env = { NX_SELF_HOSTED_REMOTE_CACHE_SERVER: door.url, NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN: TOKENS[token] };
    const machine = openWorkspace({ folder, env, inside: door.inside });
    machines.push(machine);
    for (const name of ['home', 'tmp']) mkdirSync(join(folder, name), { recursive: true });
    await succeed(first.run('git', ['clone', '-q', '--branch', branch, origin, machine.root]));
    // What an install would bring; linked, since nothing writes into it.
    await succeed(first.run('cp', ['-al', join(first.root, 'node_modules'), machine.root]));
    return machine;
  };
  try {
    initialize(first);
    await first.git('add', '-A');
    await first.git('commit', '-qm', 'first');
    await first.git('clone', '-q', '--bare', first.root, origin);
    return { cache, origin, add, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
