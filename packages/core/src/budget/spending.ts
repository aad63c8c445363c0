import type { Ledger, PaidUsage, Payment, PaymentEnd, PaymentStart } from './ledger.js';
import type { Registry } from '../host/registry.js';

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

export function sumSpending(all: readonly Pick<AgentRun, 'state' | 'costUsd' | 'isInexact'>[]): Spending {
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

/** One run of an agent on this machine. */
export interface AgentRun extends Omit<PaymentStart, 'kind' | 'owner'> {
  /** `killed`: its process is gone and reported no cost. */
  readonly state: 'ended' | 'under-way' | 'killed';
  /** US dollars; null when unknown. */
  readonly costUsd: number | null;
  /** Whether the cost is an estimate, by the price of a similar model or of short prompts. */
  readonly isInexact: boolean;
  readonly usage: readonly PaidUsage[];
}

/** A program that is not there has asked no model. */
const FREE_OUTCOME = 'not-installed';

/** All runs of agents that the ledger knows, in the order in which they began. */
export async function readAgentRuns({
  ledger,
  registry,
}: {
  readonly ledger: Ledger;
  readonly registry: Registry;
}): Promise<readonly AgentRun[]> {
  const payments = await ledger.readPayments();
  const ends = new Map(payments.filter(isEnd).map((end) => [end.id, end]));
  const runs: AgentRun[] = [];
  for (const start of payments) {
    if (start.kind !== 'start') continue;
    const end = ends.get(start.id);
    const isAlive = end === undefined && (await registry.isAlive(start.owner));
    runs.push(agentRun(start, end, isAlive));
  }
  return runs;
}

function agentRun({ kind: _kind, owner: _owner, ...start }: PaymentStart, end: PaymentEnd | undefined, isAlive: boolean): AgentRun {
  if (end === undefined) return { ...start, state: isAlive ? 'under-way' : 'killed', costUsd: null, isInexact: false, usage: [] };
  const costUsd = end.costUsd ?? (end.ended === FREE_OUTCOME ? 0 : null);
  return { ...start, state: 'ended', costUsd, isInexact: isInexactSource(end.costSource), usage: end.usage };
}

/** Whether a cost is an estimate. */
export function isInexactSource(source: string | null | undefined): boolean {
  return source?.endsWith('-inexact') === true;
}

function isEnd(payment: Payment): payment is PaymentEnd {
  return payment.kind === 'end';
}
