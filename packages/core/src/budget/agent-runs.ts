import type { Registry } from '../host/registry.js';
import type { PaidUsage, Payment, PaymentEnd, PaymentStart } from './ledger-entry.js';
import type { Ledger } from './ledger.js';

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
