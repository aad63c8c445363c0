import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Finished {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  /** stdout and stderr together, without colours. */
  readonly output: string;
  readonly stdout: string;
}

/** A command that runs in a process group of its own, as in a terminal. */
export interface Running {
  readonly finished: Promise<Finished>;
  /** Resolves once the output holds the text. @throws Error with the output when the command ends before */
  until(text: string): Promise<void>;
  /** To the whole group, as Ctrl-C does. */
  signal(signal: NodeJS.Signals): void;
}

export interface ProcessPlace {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export function startProcess(file: string, args: readonly string[], place: ProcessPlace): Running {
  const child = spawn(file, args, { ...place, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let stdout = '';
  let output = '';
  const watchers = new Set<() => void>();
  const take = (chunk: Buffer): void => {
    output += chunk.toString();
    watchers.forEach((look) => look());
  };
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    take(chunk);
  });
  child.stderr.on('data', take);
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, output, stdout }));
  });
  return {
    finished,
    until: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!output.includes(text)) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
        void finished.then(() => reject(new Error(`ended without "${text}"\n${output}`)), reject);
      }),
    signal: (signal) => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, signal);
    },
  };
}

/** @throws Error with the output when the command failed */
export async function succeed(command: Promise<Finished>): Promise<Finished> {
  const finished = await command;
  if (finished.exitCode !== 0) throw new Error(`exit code ${finished.exitCode}\n${finished.output}`);
  return finished;
}

/** @throws Error that says what did not happen in time */
export async function untilTrue(what: string, isTrue: () => boolean, waitMs = 120_000): Promise<void> {
  for (const giveUpAt = Date.now() + waitMs; !isTrue(); await sleep(20)) {
    if (Date.now() > giveUpAt) throw new Error(`${what}: not within ${waitMs} ms`);
  }
}

/** A process that belongs to a folder. */
export interface FolderProcess {
  readonly pid: number;
  readonly command: string;
}

/** Command lines of the processes that belong to a folder; waits for them to end. Linux only. @param waitMs @default 5_000 */
export async function processesLeft(folder: string, waitMs = 5_000): Promise<readonly string[]> {
  for (const giveUpAt = Date.now() + waitMs; ;) {
    const left = processesOf(folder);
    if (left.length === 0 || Date.now() > giveUpAt) return left.map(({ pid, command }) => `${pid} ${command}`);
    await sleep(100);
  }
}

/** Processes whose environment, command line or current folder names a folder. */
export function processesOf(folder: string): readonly FolderProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => ({ pid: Number(pid), command: read(`/proc/${pid}/cmdline`), place: read(`/proc/${pid}/environ`) + currentFolder(pid) }))
    .filter(({ command, place }) => command.includes(folder) || place.includes(folder))
    .map(({ pid, command }) => ({ pid, command: command.replaceAll('\0', ' ').trim() }));
}

/** '' for a process that has ended meanwhile, or is another user's. */
function currentFolder(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

/** '' for a process that has ended meanwhile, or is another user's. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
