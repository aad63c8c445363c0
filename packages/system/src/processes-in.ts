import { realpath } from 'node:fs/promises';
import type { RunningProcess } from '@nx-fleet/core';
import { nullIfAbsent } from './files.js';
import { isInside } from './paths.js';
import { processSource, type SeenProcess } from './process-source.js';

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
