import type { AgentRun } from '../budget/agent-runs.js';
import type { Hit } from '../budget/ledger-entry.js';
import { resultId } from '../budget/note-hits.js';
import { spendingOf, type Spending } from '../budget/spending.js';

/**
 * What results from the cache cost when their agents ran: what the commands that took them would have paid again, at the price of then.
 * `runs` counts results, each once per command.
 */
export interface Saved extends Spending {
  /** Of these, results that no agent of this machine was ever paid for: they came from a shared cache. */
  readonly paidElsewhere: number;
}

export function savedBy(hits: readonly Hit[], runs: readonly AgentRun[]): Saved {
  // Tasks in parallel can have noted the same hit.
  const results = [...new Map(hits.map((hit) => [`${hit.run}\n${resultId(hit)}`, hit])).values()];
  // By key alone: a later round of fixes takes the result of an earlier one, under the key of that.
  const keyOf = ({ project, key }: Pick<AgentRun | Hit, 'project' | 'key'>): string => resultId({ project, target: '', key });
  const paidHere = new Set(runs.map(keyOf));
  return {
    ...spendingOf(results.map(({ costUsd, isInexact }) => ({ state: 'ended', costUsd, isInexact }))),
    paidElsewhere: results.filter((hit) => !paidHere.has(keyOf(hit))).length,
  };
}
