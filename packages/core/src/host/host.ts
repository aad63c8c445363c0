import type { CommandRunner } from './command.js';
import type { ProcessIdentity, Registry } from './registry.js';
import type { Ledger } from '../budget/ledger.js';
import type { StateStore } from '../manifest/manifest.js';
import type { ArtifactStore } from '../artifact/artifact-store.js';

/**
 * How node_modules of an equal lockfile come into a worktree. `hardlink`: blocks are shared where the file system can, else files are hard links,
 * with real copies of all that tools write in place. `reflink`: blocks are shared, else copied. `copy`: always copied. `install`: the package manager, always.
 */
export type DependencySafety = 'hardlink' | 'reflink' | 'copy' | 'install';

export interface DependencyRequest {
  /** A worktree whose dependencies are installed: the main one. */
  readonly from: string;
  /** The worktree to fill. */
  readonly to: string;
  readonly safety: DependencySafety;
  readonly env: Readonly<Record<string, string>>;
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface DependencyOutcome {
  /** `cloned` from the main worktree, `installed` by the package manager, `present` already, or `none`: the worktree has no package.json. */
  readonly method: 'cloned' | 'installed' | 'present' | 'none';
  readonly packageManager: string | null;
}

export interface IncludeRequest {
  /** Absolute path of the main worktree. */
  readonly from: string;
  /** Absolute path of the worktree to fill. */
  readonly to: string;
  /** Relative paths of ignored files. */
  readonly paths: readonly string[];
  /** Whether a variable of an env file may be carried over. */
  readonly mayCarry: (name: string, value: string) => boolean;
  /** Whether the worktree gets a value of its own for a variable: it keeps its place in the file, empty until it is filled. */
  readonly isFilled: (name: string) => boolean;
}

export interface IncludeOutcome {
  /** Files that were copied; what is there already stays as it is. */
  readonly copied: readonly string[];
  /** Files that were not: no regular file, outside of the root, or never to be copied, such as `.env.production`. */
  readonly skipped: readonly string[];
  /** Files that were not because they are databases, belong to one, or name one: a worktree gets its own from a provider. */
  readonly databases: readonly string[];
  /** Names of variables that were left out of env files. */
  readonly withheld: readonly string[];
}

export interface RunningProcess {
  readonly pid: number;
  /** Its program's name, printable. */
  readonly name: string;
}

export interface BackgroundCommand {
  /** Absolute path of an ES module of nx-fleet. */
  readonly module: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Variables that it gets besides the allowed ones. */
  readonly passEnv: readonly string[];
  /** Where what it prints goes; written again each time. */
  readonly logFile: string;
}

/** This machine. */
export interface Host {
  readonly commands: CommandRunner;
  readonly registry: Registry;
  readonly state: StateStore;
  readonly artifacts: ArtifactStore;
  readonly ledger: Ledger;
  /** This process's environment; adapters take what they are allowed to from it. */
  readonly env: Readonly<Record<string, string>>;
  /** An id that no other clone has: random, written once under the repository's common git directory. */
  cloneId(commonDirectory: string): Promise<string>;
  /** Of these ports, those that something listens on at 127.0.0.1, ::1 or ::. */
  busyPorts(ports: readonly number[]): Promise<readonly number[]>;
  /**
   * Ends what a run of nx-fleet left at work in a folder when its own process was killed, with all that it started.
   * Runs whose process lives are left alone. @returns how many processes there were
   */
  endStrays(directory: string): Promise<number>;
  /** Living processes whose current folder is in a folder, without this process and those that started it. Empty where the system does not tell. */
  processesIn(directory: string): Promise<readonly RunningProcess[]>;
  /** Starts Node on a module of nx-fleet at the lowest priority, detached: it continues when we end. Gets the allowed environment. */
  startInBackground(command: BackgroundCommand): Promise<ProcessIdentity>;
  /** Fills a worktree's node_modules. Finishes or repeats what an interrupted call left. @throws UserError when the package manager fails */
  installDependencies(request: DependencyRequest): Promise<DependencyOutcome>;
  /** Copies ignored files that a worktree needs, env files without what `mayCarry` refuses. Nothing that is there is overwritten; links are not followed. */
  includeFiles(request: IncludeRequest): Promise<IncludeOutcome>;
  /**
   * Sets variables in an env file, in a block of our own; everything outside it stays as it is, except what sets one of these variables.
   * Written whole through a rename, readable by the owner only.
   */
  writeEnvironment(path: string, values: Readonly<Record<string, string>>): Promise<void>;
  /** The variables of our block in an env file. */
  readEnvironment(path: string): Promise<Readonly<Record<string, string>>>;
  /** All variables of an env file, as they stand: nothing is expanded or run. */
  readVariables(path: string): Promise<Readonly<Record<string, string>>>;
  /** Sets variables where an env file sets them already, and nowhere else. Readable by the owner only, if it is written. */
  fillEnvironment(path: string, values: Readonly<Record<string, string>>): Promise<void>;
  /** What is in a file, or null if there is none. */
  readFile(path: string): Promise<string | null>;
  /** Writes through a temporary file and a rename, readable by the owner only. */
  writePrivateFile(path: string, text: string): Promise<void>;
  pathExists(path: string): Promise<boolean>;
  /** Whether a program can be started: a name is looked up on `path`, anything with a slash from `cwd`. */
  hasProgram(file: string, place: { readonly cwd: string; readonly path: string }): Promise<boolean>;
  /** Names in a folder, sorted; empty if there is none. */
  listDirectory(path: string): Promise<readonly string[]>;
  /** Moves a folder aside at once, within its parent, and removes it in the background; absence is fine. */
  discardDirectory(path: string): Promise<void>;
  /** Temporary folders that killed commands of this machine have left: absolute paths. */
  forgottenScratchFolders(): Promise<readonly string[]>;
  /** Removes what discards that were killed left in a folder. @returns how many there were */
  sweepDiscarded(parent: string): Promise<number>;
  /**
   * Acts while no other process acts under the same name in this worktree. A holder that was killed is taken over from after seconds.
   * @param name lower-case letters, digits, dots and hyphens
   */
  exclusively<Result>(name: string, work: ExclusiveWork<Result>): Promise<Result>;
  /** Names that begin so and under which a living process acts now, sorted. */
  exclusiveWork(prefix: string): Promise<readonly string[]>;
  now(): Date;
}

export interface ExclusiveWork<Result> {
  readonly act: () => Promise<Result>;
  /** Called once when another process is at it. */
  readonly onWait: () => void;
  /** Ends the waiting, not the work. */
  readonly signal?: AbortSignal | undefined;
}
