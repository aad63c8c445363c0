import { printableLine } from '../text/printable.js';

/** What one issue holds on this machine. */
export interface Allocation {
  /** The repository's common git directory: an absolute real path. */
  readonly repository: string;
  readonly project: string;
  /** Random; another one after a removal, so that nothing of the earlier worktree is taken for the new one's. */
  readonly generation: string;
  readonly worktree: string;
  readonly branch: string;
  /** True when we created the branch, so that undoing may delete it. */
  readonly ownsBranch: boolean;
  /** First port of its block. */
  readonly firstPort: number;
  /** The smallest number from 1 on that no other claim has. */
  readonly number?: number | undefined;
  readonly state: 'creating' | 'ready' | 'removing';
  /** The process that is, or was, at work on it; null since it was last done. */
  readonly owner: ProcessIdentity | null;
  /** A spare worktree that was taken to become this one, until it has. */
  readonly spare?: string | undefined;
}

/** A worktree that is checked out with its dependencies before anyone asks for it. */
export interface Spare {
  readonly repository: string;
  /** Absolute path. */
  readonly worktree: string;
  /** `filling` while a process prepares it; only a `ready` one may be taken. */
  readonly state: 'filling' | 'ready';
  readonly owner: ProcessIdentity;
}

/** A process id can be given out again; with its start time it cannot. */
export interface ProcessIdentity {
  readonly pid: number;
  /** As the operating system gives it; null where it does not. */
  readonly startedAt: string | null;
  /** Where the process id means something: `<host name>/<boot id>/<pid namespace>`. Without one: here. */
  readonly place?: string | undefined;
}

export function isSameProcess(one: ProcessIdentity, other: ProcessIdentity): boolean {
  return one.pid === other.pid && one.startedAt === other.startedAt && one.place === other.place;
}

/** `process 17`, with its host where that is another container or machine than that of `self`. */
export function describeProcess({ pid, place }: ProcessIdentity, self: ProcessIdentity): string {
  const host = printableLine(place?.split('/')[0] ?? '');
  return place === undefined || place === self.place ? `process ${pid}` : `process ${pid} on "${host}"`;
}

export interface RegistryChange<Result> {
  readonly allocations: readonly Allocation[];
  /** @default as they were */
  readonly spares?: readonly Spare[];
  readonly result: Result;
}

/** Names and ports in use on this machine, over all repositories of this user. Safe for any number of processes, none of which may die holding a lock. */
export interface Registry {
  readonly self: ProcessIdentity;
  read(): Promise<readonly Allocation[]>;
  readSpares(): Promise<readonly Spare[]>;
  /** Replaces the whole state by what `change` makes of it. `change` is pure: it is called again when another process was faster. */
  update<Result>(change: (current: readonly Allocation[], spares: readonly Spare[]) => RegistryChange<Result>): Promise<Result>;
  /** A process of another place cannot be looked at: it is alive for as long as its heartbeat is not older than a minute. */
  isAlive(process: ProcessIdentity): Promise<boolean>;
}
