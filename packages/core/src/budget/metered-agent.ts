import type { Agent, AgentOutcome, AgentRequest } from '../agent/agent.js';
import type { PaymentEnd } from './ledger.js';
import { requireBudget, type BudgetContext, type PayingStage } from './require-budget.js';

export interface Meter extends BudgetContext {
  readonly stage: PayingStage;
  readonly now: () => Date;
  /** A text that no other run has. */
  readonly newId: () => string;
}

/**
 * An agent whose every run, a retry or a repair too, is refused when a budget is used up, and is in the ledger before it begins. Killed at any
 * moment, the ledger lacks no more than what this one run has cost, and knows that it does.
 */
export function meteredAgent(agent: Agent, meter: Meter): Agent {
  return { ...agent, run: (request) => runMetered(agent, request, meter) };
}

async function runMetered(agent: Agent, request: AgentRequest, meter: Meter): Promise<AgentOutcome> {
  const { stage, ledger, registry, now } = meter;
  await requireBudget(stage, meter);
  const id = meter.newId();
  const { project, target, key } = stage;
  const at = now().toISOString();
  const owner = { ...registry.self };
  await ledger.addPayment({ kind: 'start', id, at, run: ledger.run, project, target, key, agent: agent.name, model: request.model, owner });
  const end = (rest: Pick<PaymentEnd, 'ended' | 'costUsd' | 'costSource' | 'usage'>): Promise<void> =>
    ledger.addPayment({ kind: 'end', id, at: now().toISOString(), ...rest });
  let outcome: AgentOutcome;
  try {
    outcome = await agent.run(request);
  } catch (error) {
    await end({ ended: 'failed', costUsd: null, costSource: null, usage: [] });
    throw error;
  }
  await end({ ended: outcome.kind, costUsd: amount(outcome.costUsd), costSource: outcome.costSource ?? null, usage: usageOf(outcome) });
  return outcome;
}

function usageOf({ usage }: AgentOutcome): PaymentEnd['usage'] {
  return usage.map(({ model, inputTokens, cachedInputTokens, outputTokens, costUsd, costSource }) => ({
    model,
    inputTokens: amount(inputTokens),
    cachedInputTokens: amount(cachedInputTokens),
    outputTokens: amount(outputTokens),
    ...(costUsd === undefined ? {} : { costUsd: amount(costUsd) }),
    costSource: costSource ?? null,
  }));
}

/** A program that tells a negative number has told nothing. */
function amount(told: number | null): number | null {
  return told !== null && Number.isFinite(told) && told >= 0 ? told : null;
}
