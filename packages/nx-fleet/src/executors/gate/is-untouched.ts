import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { runOf } from '../../settings/run-name.js';

const OUT = '.nx-fleet/out';
const CHANGES = ':agent-changes';

/**
 * Whether the command's change leaves a project alone and there is nothing of an earlier one to take away, by what `agent-changes` has written in
 * this very command. Nx starts a process for the gate of each project that depends on a changed one: where nothing is to be done, none of our code
 * shall be loaded. False where anything is unclear.
 */
export function isUntouched(
  context: Pick<ExecutorContext, 'root' | 'projectName' | 'targetName' | 'taskGraph'>,
  env: NodeJS.ProcessEnv = process.env,
): boolean {
  const { root, projectName = '', targetName = '' } = context;
  const [fleet, run] = [fleetProject(`${projectName}:${targetName}`, context), runOf(env)];
  if (fleet === null || run === null) return false;
  const changed = changedProjects(join(root, OUT, fleet, 'agent-changes/index.json'), run);
  return changed !== null && !changed.includes(projectName) && isEmpty(join(root, OUT, projectName, targetName));
}

/** The project whose task the gate waits for; an edge is an object since Nx 24. */
function fleetProject(id: string, { taskGraph }: Pick<ExecutorContext, 'taskGraph'>): string | null {
  const edges: readonly (string | { readonly id: string })[] = taskGraph?.dependencies[id] ?? [];
  const [changes] = edges.map((edge) => (typeof edge === 'string' ? edge : edge.id)).filter((task) => task.endsWith(CHANGES));
  return changes === undefined ? null : changes.slice(0, -CHANGES.length);
}

function changedProjects(file: string, run: string): readonly unknown[] | null {
  if (!existsSync(file)) return null;
  const index = indexOf(readFileSync(file, 'utf8'));
  if (index?.version !== 1 || index.run !== run || !Array.isArray(index.projects)) return null;
  return index.projects.map((change: { readonly project?: unknown } | null) => change?.project);
}

/** Whoever judges a change reads it with its schema. */
function indexOf(text: string): { readonly version?: unknown; readonly run?: unknown; readonly projects?: unknown } | null {
  try {
    return JSON.parse(text) as ReturnType<typeof indexOf>;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function isEmpty(directory: string): boolean {
  return !existsSync(directory) || readdirSync(directory).length === 0;
}
