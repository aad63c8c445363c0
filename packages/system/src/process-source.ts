import { realpath } from 'node:fs/promises';
import type { RunningProcess } from '@nx-fleet/core';
import { isInside, nullIfAbsent } from './paths.js';
import { procSource } from './proc-source.js';
import { psSource } from './ps-source.js';

export interface SeenProcess extends RunningProcess {
  readonly parent: number;
  /** Its current folder; '' if the system does not tell. */
  readonly cwd: string;
}

/** What a process was started with, and by whom. */
export interface ProcessEntry {
  readonly parent: number;
  readonly words: readonly string[];
  /** Where it runs; null where the system does not tell. */
  readonly folder: string | null;
}

/** Questions about processes of this system. */
export interface ProcessSource {
  /** When it was started, as text to compare; null for none. */
  startOf(pid: number): string | null;
  /** True for one that has ended and waits to be reaped. */
  isDead(pid: number): boolean;
  /** Living processes of a group. */
  membersOf(group: number): readonly number[];
  describe(pid: number): ProcessEntry | null;
  all(): readonly SeenProcess[];
  /** The process that listens on a TCP port; null for none and for another user's. */
  listenerAt(port: number): RunningProcess | null;
}

export const processSource: ProcessSource = process.platform === 'linux' ? procSource : psSource;

/** Living processes whose current folder is in a folder, without this process and those that started it. */
export async function processesIn(directory: string, source = processSource): Promise<readonly RunningProcess[]> {
  const root = await realpath(directory).catch(nullIfAbsent);
  if (root === null) return [];
  const seen = source.all();
  const ours = withAncestors(process.pid, seen);
  return seen.filter(({ pid, cwd }) => cwd !== '' && isInside(cwd, root) && !ours.has(pid)).map(({ pid, name }) => ({ pid, name }));
}

function withAncestors(self: number, seen: readonly SeenProcess[]): ReadonlySet<number> {
  const parents = new Map(seen.map(({ pid, parent }) => [pid, parent]));
  const ours = new Set<number>();
  for (let pid: number | undefined = self; pid !== undefined && !ours.has(pid); pid = parents.get(pid)) ours.add(pid);
  return ours;
}
