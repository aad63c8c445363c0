import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workspace } from './workspace.js';

/** When each stage was last really run, by `project:target`; a cache hit restores the old record. */
function stageRuns({ root }: Pick<Workspace, 'root'>): ReadonlyMap<string, string> {
  const out = join(root, '.nx-fleet/out');
  const runs = new Map<string, string>();
  if (!existsSync(out)) return runs;
  for (const project of readdirSync(out)) {
    for (const target of readdirSync(join(out, project))) {
      const file = join(out, project, target, 'run.json');
      if (existsSync(file)) runs.set(`${project}:${target}`, (JSON.parse(readFileSync(file, 'utf8')) as { startedAt: string }).startedAt);
    }
  }
  return runs;
}

/** Runs a command; says which stages ran in it and were no cache hits. */
export async function stagesThatRan(workspace: Pick<Workspace, 'root'>, command: () => Promise<unknown>): Promise<readonly string[]> {
  const begunAt = new Date().toISOString();
  await command();
  return [...stageRuns(workspace)]
    .filter(([, startedAt]) => startedAt >= begunAt)
    .map(([stage]) => stage)
    .sort();
}
