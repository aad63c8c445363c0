import type { CommandRunner } from './command.js';
import type { Registry } from './registry.js';
import type { StateStore } from '../manifest/state-store.js';
import type { ArtefactStore } from '../artefact/artefact-store.js';

export interface DependencyRequest {
  /** A worktree whose dependencies are installed: the main one. */
  readonly from: string;
  /** The worktree to fill. */
  readonly to: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface DependencyOutcome {
  /** `copied` from the main worktree, `installed` by the package manager, or `none`: the worktree has no package.json. */
  readonly method: 'copied' | 'installed' | 'none';
  readonly packageManager: string | null;
}

/** This machine. */
export interface Host {
  readonly commands: CommandRunner;
  readonly registry: Registry;
  readonly state: StateStore;
  readonly artefacts: ArtefactStore;
  /** This process's environment; adapters take what they are allowed to from it. */
  readonly env: Readonly<Record<string, string>>;
  /** Of these ports, those that something listens on at 127.0.0.1, ::1 or ::. */
  busyPorts(ports: readonly number[]): Promise<readonly number[]>;
  /**
   * Ends what a run of ours left at work in a folder when its own process was killed, with all that it started.
   * Runs whose process lives are left alone. @returns how many processes there were
   */
  endStrays(directory: string): Promise<number>;
  /** Fills a worktree's node_modules. Finishes or repeats what an interrupted call left. @throws UserError when the package manager fails */
  installDependencies(request: DependencyRequest): Promise<DependencyOutcome>;
  /** What stands in a file, or null if there is none. */
  readFile(path: string): Promise<string | null>;
  /** Writes through a temporary file and a rename, readable by the owner only. */
  writePrivateFile(path: string, text: string): Promise<void>;
  pathExists(path: string): Promise<boolean>;
  /** Removes a folder and all in it; absence is fine. */
  removeDirectory(path: string): Promise<void>;
  now(): Date;
}
