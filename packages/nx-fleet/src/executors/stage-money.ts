import { randomUUID } from 'node:crypto';
import type { ExecutorContext } from '@nx/devkit';
import {
  meteredAgent,
  noteHits,
  requireBudget,
  type Agent,
  type BudgetContext,
  type FleetTask,
  type Host,
  type PayingStage,
  type Settings,
  type StageContext,
} from '@nx-fleet/core';
import type { Adapters } from '../adapters.js';

/** The agents of a stage, each run of which is booked, and refused when a budget is used up. */
export function meteredAgents(
  stage: PayingStage,
  { agent, host }: Pick<Adapters, 'agent' | 'host'>,
  budget: Pick<BudgetContext, 'budgets' | 'onProgress'>,
): (name: string) => Agent {
  const meter = { ...budgetContext(host, budget), stage, now: () => host.now(), newId: () => randomUUID() };
  return (name) => meteredAgent(agent(name), meter);
}

/** Before a stage empties its folder. @throws UserError when a budget is used up */
export async function requireStageBudget(stage: StageContext, { budgets }: Settings): Promise<void> {
  await requireBudget(stage, budgetContext(stage.host, { budgets, onProgress: stage.onProgress }));
}

/** Books what the tasks before this one had from the cache: of these no code of ours has run. */
export async function noteEarlierHits(context: Pick<ExecutorContext, 'taskGraph'>, { project, target, host }: StageContext): Promise<void> {
  const tasks = tasksBefore(`${project}:${target}`, context.taskGraph).filter((task) => task.target.startsWith('agent-'));
  await noteHits(tasks, { ledger: host.ledger, artefacts: host.artefacts, now: () => host.now() });
}

/** All tasks of a command that one of its tasks waits for, directly or not. */
export function tasksBefore(id: string, graph: ExecutorContext['taskGraph']): readonly FleetTask[] {
  const found = new Set<string>();
  const waiting = [...(graph?.dependencies[id] ?? [])];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    waiting.push(...(graph?.dependencies[next] ?? []));
  }
  return [...found].sort().flatMap((task) => graph?.tasks[task]?.target ?? []);
}

function budgetContext({ ledger, registry }: Host, budget: Pick<BudgetContext, 'budgets' | 'onProgress'>): BudgetContext {
  return { ...budget, ledger, registry };
}
