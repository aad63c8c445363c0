import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Workspace } from './workspace.js';

export interface AllocationRow {
  readonly project: string;
  readonly firstPort: number;
  readonly state: string;
}

/** A claim as the registry writes it. */
export interface ClaimRow extends AllocationRow {
  readonly repository: string;
  readonly worktree: string;
  readonly branch: string;
}

export interface SpareRow {
  readonly worktree: string;
  readonly state: string;
}

interface RegistryState {
  readonly allocations: readonly ClaimRow[];
  readonly spares: readonly SpareRow[];
}

/** All that the registry of this workspace's user holds. */
export function registryState({ folder }: Pick<Workspace, 'folder'>): RegistryState {
  const registry = join(folder, 'fleet-home/registry');
  const names = existsSync(registry) ? readdirSync(registry).filter((name) => /^r\d+\.json$/.test(name)) : [];
  const newest = names.toSorted((one, other) => Number(other.slice(1, -5)) - Number(one.slice(1, -5)))[0];
  if (newest === undefined) return { allocations: [], spares: [] };
  return JSON.parse(readFileSync(join(registry, newest), 'utf8')) as RegistryState;
}

/** What the registry of this workspace's user holds, by project. */
export function allocations(workspace: Pick<Workspace, 'folder'>): readonly AllocationRow[] {
  return registryState(workspace)
    .allocations.map(({ project, firstPort, state }) => ({ project, firstPort, state }))
    .toSorted((one, other) => one.project.localeCompare(other.project));
}

const LOGS = '.nx-fleet/local/logs';

/** Text of all files below a folder, by path; without dependencies, Nx's cache, git's folder, logs, and what is being deleted behind a command. */
export function filesBelow(folder: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const visit = (directory: string): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) {
        const isLeft =
          ['node_modules', '.nx', '.git'].includes(entry.name) || entry.name.startsWith('.nx-fleet-discarded-') || path.endsWith(LOGS);
        if (!isLeft) visit(path);
      } else if (entry.isFile()) files.set(relative(folder, path), readFileSync(path, 'latin1'));
    }
  };
  visit(folder);
  return files;
}

/** All that a worktree command may change: git's worktrees and refs, allocations, and every file of the worktrees and the state. */
export async function fleetState(workspace: Workspace): Promise<object> {
  const [worktrees, refs] = await Promise.all([workspace.git('worktree', 'list', '--porcelain'), workspace.git('for-each-ref')]);
  return { worktrees, refs, allocations: allocations(workspace), files: Object.fromEntries(filesBelow(workspace.parent)) };
}
