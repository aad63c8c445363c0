import type { CommandRunner } from '@nx-fleet/core';

export interface CopyRequest {
  /** Absolute real path of the database; it may be open, and written to, in other processes. */
  readonly source: string;
  /** Absolute path at which nothing stands yet. */
  readonly target: string;
  /** Folder that drivers are looked up from, besides the database's own. */
  readonly mainWorktree: string;
}

/** `unavailable`: this machine has not got the means. `failed`: it has, and they refused this database. */
export type CopyOutcome =
  | { readonly kind: 'copied'; readonly by: string }
  | { readonly kind: 'unavailable' | 'failed'; readonly reason: string };

/** One way to get a consistent copy. What a failed try leaves at the target is the caller's to remove. */
export interface CopyMethod {
  readonly name: string;
  /** Whether SQLite reads the database while it is copied; otherwise a broken one goes unseen. */
  readonly readsDatabase: boolean;
  copy(request: CopyRequest): Promise<CopyOutcome>;
}

export interface CopyContext {
  readonly commands: CommandRunner;
  readonly env: Readonly<Record<string, string>>;
}

/** Time that SQLite waits for other processes' locks, in milliseconds. */
export const BUSY_TIMEOUT_MS = 30_000;
/** Time for a whole copy, in milliseconds: about 3 s for each 200 MB were measured. */
export const COPY_TIMEOUT_MS = 600_000;

/** The environment of a program that copies: enough to be found and to start. */
export function copyEnvironment(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(['PATH', 'HOME'].flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
