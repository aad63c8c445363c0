import type { AgentRun } from '../budget/agent-runs.js';
import type { Hit } from '../budget/ledger-entry.js';
import { costOf, type Cost } from './cost.js';
import { modelParts } from './model-parts.js';
import { savedBy, type Saved } from './saved.js';

export interface StageCost extends Cost {
  readonly target: string;
}

export interface IssueCost extends Cost {
  readonly project: string;
  readonly stages: readonly StageCost[];
}

export interface ModelCost extends Cost {
  readonly agent: string;
  /** Several names, joined by ` + `, where an agent told one cost for all of them. Null when unnamed. */
  readonly model: string | null;
}

/** What agents have cost on this machine. */
export interface CostReport {
  /** ISO time from which runs count; null for all. */
  readonly since: string | null;
  readonly total: Cost;
  /** Agent runs that have not ended; they are in no sum. */
  readonly underWay: number;
  readonly issues: readonly IssueCost[];
  readonly models: readonly ModelCost[];
  readonly saved: Saved;
}

export interface CostSources {
  readonly runs: readonly AgentRun[];
  readonly hits: readonly Hit[];
  /** Leave out what began before. @default nothing */
  readonly since?: Date;
}

/** Adds up what is in the ledger: by issue and stage, by model, and what the cache has saved. */
export function costReport({ runs, hits, since }: CostSources): CostReport {
  const isCounted = ({ at }: { readonly at: string }): boolean => since === undefined || Date.parse(at) >= since.getTime();
  const counted = runs.filter(isCounted);
  return {
    since: since?.toISOString() ?? null,
    total: costOf(counted),
    underWay: counted.filter(({ state }) => state === 'under-way').length,
    issues: groups(counted, ({ project }) => project).map(([project, ofIssue]) => ({
      project,
      ...costOf(ofIssue),
      stages: groups(ofIssue, ({ target }) => target).map(([target, ofStage]) => ({ target, ...costOf(ofStage) })),
    })),
    models: modelCosts(counted),
    saved: savedBy(hits.filter(isCounted), runs),
  };
}

function modelCosts(runs: readonly AgentRun[]): readonly ModelCost[] {
  const parts = runs.flatMap(modelParts);
  return groups(parts, ({ agent, model }) => JSON.stringify([agent, model])).map(([, [first, ...rest]]) => ({
    agent: first.agent,
    model: first.model,
    ...costOf([first, ...rest]),
  }));
}

/** Groups by name, sorted. */
function groups<Item>(items: readonly Item[], nameOf: (item: Item) => string): readonly (readonly [string, readonly [Item, ...Item[]]])[] {
  const byName = new Map<string, [Item, ...Item[]]>();
  for (const item of items) {
    const group = byName.get(nameOf(item));
    if (group === undefined) byName.set(nameOf(item), [item]);
    else group.push(item);
  }
  return [...byName].sort(([one], [other]) => (one < other ? -1 : 1));
}
