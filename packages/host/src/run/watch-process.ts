import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command, CommandResult } from '@nx-fleet/core';
import { endProcessGroup, hasMembers, type ProcessGroup } from '@nx-fleet/system';
import { guardProcessGroup } from './exit-guard.js';

/** Time for what follows from a process's end: its exit event, its pipes. Something that cannot be seen or killed may hold them. */
const AFTERMATH_MS = 1_000;

/** For what has no limit of its own, such as an install or a dump: nothing is waited for without an end. */
const DEFAULT_TIMEOUT_MS = 7_200_000;

type EarlyEnd = 'timed-out' | 'idle' | 'cancelled';
type Exit = Pick<CommandResult, 'exitCode' | 'signal'>;

export interface WatchedProcess {
  readonly child: Pick<ChildProcess, 'once'> & { readonly stdout: Readable; readonly stderr: Readable };
  readonly group: ProcessGroup;
  readonly maxOutputBytes: number;
}

/** Reads a process's output, and sees to the end of its whole group. @throws what `onLine` threw */
export async function watchProcess(
  command: Command,
  { child, group, maxOutputBytes }: WatchedProcess,
): Promise<Omit<CommandResult, 'durationMs'>> {
  const ending = new Ending(group);
  const failures: unknown[] = [];
  const collect = (stream: 'stdout' | 'stderr'): OutputTail =>
    new OutputTail(maxOutputBytes, (line) => {
      try {
        command.onLine?.(line, stream);
      } catch (error) {
        failures.push(error);
        void ending.begin('cancelled');
      }
    });
  const stdout = collect('stdout');
  const stderr = collect('stderr');
  const stopWatching = watchLimits(command, child, ending);
  const unguard = guardProcessGroup(group, () => ending.begin('cancelled'));
  const pipes = Promise.allSettled([drain(child.stdout, stdout), drain(child.stderr, stderr)]);
  const exit = await Promise.race([exitOf(child), ending.gaveUp]);
  stopWatching();
  await ending.complete();
  await Promise.race([pipes, sleep(AFTERMATH_MS, undefined, { ref: false })]);
  child.stdout.destroy();
  child.stderr.destroy();
  for (const pipe of await pipes) {
    failures.push(...(pipe.status === 'rejected' ? [pipe.reason] : []));
  }
  unguard();
  if (failures.length > 0) {
    throw failures[0];
  }
  return { ...exit, ended: ending.reason ?? 'exited', stdout: stdout.text(), stderr: stderr.text() };
}

/** The one end of a group, however often and by whom it is asked for. */
class Ending {
  reason: EarlyEnd | null = null;
  readonly gaveUp: Promise<Exit>;
  readonly #group: ProcessGroup;
  #work: Promise<void> | null = null;
  #isOver = false;
  #giveUp: (exit: Exit) => void = () => undefined;

  constructor(group: ProcessGroup) {
    this.#group = group;
    this.gaveUp = new Promise((resolve) => {
      this.#giveUp = resolve;
    });
  }

  async begin(reason: EarlyEnd): Promise<void> {
    if (this.#isOver || this.#work !== null) {
      return this.#work ?? undefined;
    }
    this.reason = reason;
    this.#work = endProcessGroup(this.#group);
    await this.#work;
    setTimeout(() => this.#giveUp({ exitCode: null, signal: null }), AFTERMATH_MS).unref();
  }

  /** Ends what the leader left behind. */
  async complete(): Promise<void> {
    this.#isOver = true;
    if (this.#work === null && hasMembers(this.#group)) {
      this.#work = endProcessGroup(this.#group);
    }
    await this.#work;
  }
}

function watchLimits(command: Command, child: WatchedProcess['child'], ending: Ending): () => void {
  const begin = (reason: EarlyEnd) => () => void ending.begin(reason);
  const { timeoutMs = DEFAULT_TIMEOUT_MS, idleTimeoutMs } = command;
  const timer = timeoutMs === Infinity ? undefined : setTimeout(begin('timed-out'), timeoutMs);
  const idleTimer = idleTimeoutMs === undefined ? undefined : setTimeout(begin('idle'), idleTimeoutMs);
  const onData = (): void => void idleTimer?.refresh();
  const onAbort = begin('cancelled');
  child.stdout.on('data', onData);
  child.stderr.on('data', onData);
  command.signal?.addEventListener('abort', onAbort);
  return () => {
    clearTimeout(timer);
    clearTimeout(idleTimer);
    child.stdout.off('data', onData);
    child.stderr.off('data', onData);
    command.signal?.removeEventListener('abort', onAbort);
  };
}

function exitOf(child: WatchedProcess['child']): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
  });
}

async function drain(stream: Readable, tail: OutputTail): Promise<void> {
  stream.on('data', (chunk: Buffer) => tail.add(chunk));
  try {
    await finished(stream, { writable: false });
  } catch (error) {
    // The stream was closed before its end: by us, since something kept it open.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') {
      throw error;
    }
  }
  tail.end();
}

const NEWLINE = '\n';

/** Keeps the last `maxBytes` bytes of a stream and tells its lines as they come. */
export class OutputTail {
  #chunks: Buffer[] = [];
  #size = 0;
  #line = '';
  readonly #decoder = new StringDecoder('utf8');

  constructor(
    private readonly maxBytes: number,
    private readonly onLine: (line: string) => void,
  ) {}

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    for (let first = this.#chunks[0]; first && this.#size - first.length >= this.maxBytes; first = this.#chunks[0]) {
      this.#size -= first.length;
      this.#chunks.shift();
    }
    this.#addText(this.#decoder.write(chunk));
  }

  /** Tells a last line that has no line ending. */
  end(): void {
    this.#addText(this.#decoder.end());
    if (this.#line !== '') {
      this.#tell(this.#line);
      this.#line = '';
    }
  }

  text(): string {
    const bytes = Buffer.concat(this.#chunks);
    let start = Math.max(0, bytes.length - this.maxBytes);
    // Not in the middle of a character: 10xxxxxx continues one.
    while (start > 0 && start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) {
      start += 1;
    }
    return bytes.toString('utf8', start);
  }

  #addText(text: string): void {
    const lines = text.split(NEWLINE);
    lines[0] = this.#line + (lines[0] ?? '');
    this.#line = lines.pop() ?? '';
    lines.forEach((line) => this.#tell(line));
    if (this.#line.length > this.maxBytes) {
      this.#tell(this.#line);
      this.#line = '';
    }
  }

  #tell(line: string): void {
    this.onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
  }
}
