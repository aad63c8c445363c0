import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { agentCalls, callLog } from './agent-calls.js';
import type { Finished, Running } from './processes.js';
import type { Workspace } from './workspace.js';

/** An Nx command on a machine, whose agents log their calls there. */
export function startOn(machine: Workspace, args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  return machine.startNx([...args, '--output-style=static'], { env: { ...callLog(machine), ...env } });
}

export function runOn(machine: Workspace, ...args: string[]): Promise<Finished> {
  return startOn(machine, args).finished;
}

/** How often each agent was called on these machines, by `<stage> <title of the issue>`. */
export function callCounts(...machines: readonly Workspace[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { stage, title } of machines.flatMap((machine) => agentCalls(machine))) {
    const call = `${stage} ${title}`;
    counts[call] = (counts[call] ?? 0) + 1;
  }
  return counts;
}

/** What stands on the branches of the issues: each one's git tree. */
export async function branchTrees(machine: Workspace): Promise<readonly string[]> {
  return (await machine.git('for-each-ref', '--format=%(refname:short) %(tree)', 'refs/heads/issue/')).split('\n');
}

/** Each issue's `verdict.json`. */
export function verdicts({ root }: Workspace): Readonly<Record<string, string>> {
  const out = join(root, '.nx-fleet/out');
  const files = (existsSync(out) ? readdirSync(out) : []).map((project) => [project, join(out, project, 'agent-review/verdict.json')]);
  return Object.fromEntries(
    files.flatMap(([project = '', file = '']) => (existsSync(file) ? [[project, readFileSync(file, 'utf8')]] : [])),
  );
}
