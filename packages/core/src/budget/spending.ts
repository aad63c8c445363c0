import type { AgentRun } from './agent-runs.js';

/** What some agent runs have cost. */
export interface Spending {
  /** How many runs; one that is under way counts once it has ended. */
  readonly runs: number;
  /** Sum of what is known, in US dollars. */
  readonly knownUsd: number;
  /** Runs of unknown cost; they are not in `knownUsd`. */
  readonly unknownRuns: number;
  /** Whether a part of `knownUsd` is an estimate. */
  readonly isInexact: boolean;
}

export function spendingOf(all: readonly Pick<AgentRun, 'state' | 'costUsd' | 'isInexact'>[]): Spending {
  const runs = all.filter((run) => run.state !== 'under-way');
  const known = runs.flatMap(({ costUsd }) => (costUsd === null ? [] : [costUsd]));
  return {
    runs: runs.length,
    knownUsd: sumUsd(known),
    unknownRuns: runs.length - known.length,
    isInexact: runs.some((run) => run.isInexact && run.costUsd !== null),
  };
}

/** Sum without the noise of binary fractions: three times 0.1 is 0.3. */
function sumUsd(values: readonly number[]): number {
  return Number(values.reduce((total, value) => total + value, 0).toFixed(9));
}

/**
 * A sum of money for users: `$0.42`, `~$0.42` with an estimated part, `≥$0.42` with an unknown part, `?` when nothing of it is known, `-` without runs.
 */
export function formatSpending({ runs, knownUsd, unknownRuns, isInexact }: Spending): string {
  if (runs === 0) return '-';
  if (runs === unknownRuns) return '?';
  return `${unknownRuns > 0 ? '≥' : ''}${isInexact ? '~' : ''}${formatUsd(knownUsd)}`;
}

/** `$12.30`; below a cent with two digits that count: `$0.0042`. */
export function formatUsd(usd: number): string {
  if (usd === 0 || usd >= 0.01) return `$${usd.toFixed(2)}`;
  return `$${Number(usd.toPrecision(2)).toFixed(Math.min(9, 1 - Math.floor(Math.log10(usd))))}`;
}
