import { randomUUID } from 'node:crypto';
import type { ExecutorContext } from '@nx/devkit';
import {
  meteredAgent,
  noteHits,
  requireBudget,
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
): StageContext['agent'] {
  const meter = { ...budgetContext(host, budget), stage, now: () => host.now(), newId: () => randomUUID() };
  return (name, programs) => meteredAgent(agent(name, programs), meter);
}

/** Before a stage empties its folder. @throws UserError when a budget is used up */
export async function requireStageBudget(stage: StageContext, { budgets }: Settings): Promise<void> {
  const { host, project, onProgress } = stage;
  try {
    await requireBudget(stage, budgetContext(host, { budgets, onProgress }));
  } catch (error) {
    // An agent that a killed run left at work would continue to spend.
    const local = await host.state.readLocal(project);
    if (local !== null) await host.endStrays(local.worktree);
    throw error;
  }
}

/** Books what the tasks before this one had from the cache: of these no code of nx-fleet has run. */
export async function noteEarlierHits(context: Pick<ExecutorContext, 'taskGraph'>, { project, target, host }: StageContext): Promise<void> {
  const tasks = tasksBefore(`${project}:${target}`, context.taskGraph).filter((task) => task.target.startsWith('agent-'));
  await noteHits(tasks, { ledger: host.ledger, artifacts: host.artifacts, now: () => host.now() });
}

/** All tasks of a command that one of its tasks waits for, directly or not. */
export function tasksBefore(id: string, graph: ExecutorContext['taskGraph']): readonly FleetTask[] {
  const dependencies: Readonly<Record<string, readonly Edge[]>> = graph?.dependencies ?? {};
  const found = new Set<string>();
  const waiting = [...(dependencies[id] ?? [])];
  for (let edge = waiting.pop(); edge !== undefined; edge = waiting.pop()) {
    const task = typeof edge === 'string' ? edge : edge.id;
    if (found.has(task)) continue;
    found.add(task);
    waiting.push(...(dependencies[task] ?? []));
  }
  return [...found].sort().flatMap((task) => graph?.tasks[task]?.target ?? []);
}

/** A task's id; an object with it since Nx 24. */
type Edge = string | { readonly id: string };

function budgetContext({ ledger, registry }: Host, budget: Pick<BudgetContext, 'budgets' | 'onProgress'>): BudgetContext {
  return { ...budget, ledger, registry };
}
