/** A process to start: no shell, ever. */
export interface Command {
  /** A program's name, looked up on `env.PATH`, or a path. */
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment of the process. Nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Written to its standard input, which is then closed. @default nothing */
  readonly input?: string;
  /** Wall-clock time after which the process group is ended, in milliseconds; Infinity for what runs until it is stopped. @default 2 hours */
  readonly timeoutMs?: number;
  /** Time without any output after which the process group is ended, in milliseconds. @default none */
  readonly idleTimeoutMs?: number;
  /** Called with each complete line as it comes, line ending removed. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Ends the process group when aborted. */
  readonly signal?: AbortSignal;
}

export interface CommandResult {
  readonly ended: 'exited' | 'timed-out' | 'idle' | 'cancelled' | 'not-found';
  /** Null when ended by a signal or not started. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

/**
 * Starts processes. Each gets a process group of its own; however the call ends, no process of that group is left.
 * Never throws for what the process did: read the result.
 */
export interface CommandRunner {
  run(command: Command): Promise<CommandResult>;
}

/** A folder that is of use to this process alone. */
export interface ScratchFolder {
  /** Its real path. */
  readonly directory: string;
  remove(): Promise<void>;
}

export interface ScratchFolders {
  create(): Promise<ScratchFolder>;
}

/** What must not outlive this process. */
export interface ProcessEnd {
  /** Folders that go with this process when a signal ends it; those of a killed one are found by their names. */
  readonly scratch: ScratchFolders;
  /** Has a child's process group end when a signal ends this process. @param leader its process id @returns what forgets it */
  guardGroup(leader: number): () => void;
}

/** Acts with a new folder and removes it afterwards. */
export async function withScratchFolder<Result>(folders: ScratchFolders, act: (directory: string) => Promise<Result>): Promise<Result> {
  const { directory, remove } = await folders.create();
  try {
    return await act(directory);
  } finally {
    await remove();
  }
}
