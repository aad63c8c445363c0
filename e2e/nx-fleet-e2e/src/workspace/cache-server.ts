import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PROGRAM = join(import.meta.dirname, '../../../../tools/cache-server/run.mjs');

export const TOKENS = { write: 'writer-0123456789', read: 'reader-0123456789' } as const;

/** A server of Nx's self-hosted remote cache, as a process of its own. */
export interface CacheServer {
  readonly url: string;
  /** Holds the artifacts, one file for each hash. */
  readonly directory: string;
  /** What the doors lead to. */
  readonly socket: string;
  /** All requests so far, such as `PUT 200`. */
  requests(): readonly string[];
  /** A place where this server and nothing else is reached. */
  openDoor(): Promise<CacheDoor>;
  stop(): Promise<void>;
}

/** A network namespace of its own, where that is possible; else this machine's. */
export interface CacheDoor {
  readonly url: string;
  readonly isolated: boolean;
  /** The words of a command that runs there. */
  inside(file: string, args: readonly string[]): readonly [string, ...string[]];
  stop(): Promise<void>;
}

/** @param folder keeps the artifacts and the log */
export async function startCacheServer(folder: string): Promise<CacheServer> {
  const [directory, socket, log] = [join(folder, 'artifacts'), join(folder, 'cache.socket'), join(folder, 'cache-requests.jsonl')];
  const { child, url } =
    (await start(process.execPath, [PROGRAM, '--directory', directory, '--socket', socket, '--log', log])) ?? failedToStart();
  return {
    url,
    directory,
    socket,
    requests: () => readRequests(log),
    openDoor: async () => {
      const alone = await start('unshare', ['--net', '--', process.execPath, PROGRAM, '--relay', socket, '--alone']);
      if (alone === null) return { url, isolated: false, inside: (file, args) => [file, ...args], stop: async () => undefined };
      const namespace = `--net=/proc/${alone.child.pid}/ns/net`;
      return {
        url: alone.url,
        isolated: true,
        inside: (file, args) => ['nsenter', namespace, '--', file, ...args],
        stop: () => ended(alone.child),
      };
    },
    stop: () => ended(child),
  };
}

/** @returns null when the program ends without saying where it listens, as it does without the right to make a namespace */
function start(file: string, args: readonly string[]): Promise<{ readonly child: ChildProcess; readonly url: string } | null> {
  const env = { PATH: process.env['PATH'] ?? '', CACHE_WRITE_TOKEN: TOKENS.write, CACHE_READ_TOKEN: TOKENS.read };
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'ignore'], env });
  return new Promise((resolve) => {
    child.once('error', () => resolve(null));
    child.once('exit', () => resolve(null));
    child.stdout.once('data', (line: Buffer) => resolve({ child, url: line.toString().trim() }));
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('close', () => resolve());
    child.kill('SIGTERM');
  });
}

function failedToStart(): never {
  throw new Error('the cache server did not start');
}

function readRequests(log: string): readonly string[] {
  if (!existsSync(log)) return [];
  const lines = readFileSync(log, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => {
    const { method, status } = JSON.parse(line) as { readonly method: string; readonly status: number };
    return `${method} ${status}`;
  });
}
