import { type Cost, sumCosts, modelParts } from './cost.js';
import type { Hit } from '../budget/ledger.js';
import { resultId } from '../budget/note-hits.js';
import { type AgentRun, type Spending, sumSpending } from '../budget/spending.js';
import { UserError } from '../errors/user-error.js';
import { printableLine } from '../text/printable.js';

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
    total: sumCosts(counted),
    underWay: counted.filter(({ state }) => state === 'under-way').length,
    issues: groups(counted, ({ project }) => project).map(([project, ofIssue]) => ({
      project,
      ...sumCosts(ofIssue),
      stages: groups(ofIssue, ({ target }) => target).map(([target, ofStage]) => ({ target, ...sumCosts(ofStage) })),
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
    ...sumCosts([first, ...rest]),
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

/**
 * What results from the cache cost when their agents ran: what the commands that took them would have paid again, at the price of then.
 * `runs` counts results, each once per command.
 */
export interface Saved extends Spending {
  /** Of these, results that no agent of this machine was ever paid for: they came from a shared cache. */
  readonly paidElsewhere: number;
}

function savedBy(hits: readonly Hit[], runs: readonly AgentRun[]): Saved {
  // Tasks in parallel can have noted the same hit.
  const results = [...new Map(hits.map((hit) => [`${hit.run}\n${resultId(hit)}`, hit])).values()];
  // By key alone: a later round of fixes takes the result of an earlier one, under the key of that.
  const keyOf = ({ project, key }: Pick<AgentRun | Hit, 'project' | 'key'>): string => resultId({ project, target: '', key });
  const paidHere = new Set(runs.map(keyOf));
  return {
    ...sumSpending(results.map(({ costUsd, isInexact }) => ({ state: 'ended', costUsd, isInexact }))),
    paidElsewhere: results.filter((hit) => !paidHere.has(keyOf(hit))).length,
  };
}

const HOUR_MS = 3_600_000;
const UNIT_MS: Readonly<Record<string, number>> = { h: HOUR_MS, d: 24 * HOUR_MS, w: 7 * 24 * HOUR_MS };

/**
 * A moment as the user names it: `24h`, `7d` and `2w` before now, `2026-11-01` for that midnight here, or an ISO time.
 * @throws UserError for anything else
 */
export function parseSince(text: string, now: Date): Date {
  const [, count = '', unit = ''] = /^(\d{1,4})([hdw])$/.exec(text) ?? [];
  if (count !== '') return new Date(now.getTime() - Number(count) * (UNIT_MS[unit] ?? 0));
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const isTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/.test(text);
  const moment = new Date(isDate ? `${text}T00:00` : text);
  if ((isDate || isTime) && !Number.isNaN(moment.getTime())) return moment;
  throw new UserError(
    `"${printableLine(text, 60)}" is not a time to count from. Give a span or a date: --since=24h, --since=7d, --since=2026-11-01.`,
  );
}
