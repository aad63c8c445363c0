import type { Accounting, AgentOutcome, CommandResult, ModelUsage } from '@nx-fleet/core';
import { crash, endedFailure, failureOf, failureOfStatus, inItsWords, unknownAccounting, type Failure, type Runner } from '../outcome.js';
import type { ClaudeResult, ClaudeState } from './events.js';

const LOG_IN = 'Log in: run claude once, or set ANTHROPIC_API_KEY.';

interface ClaudeRun extends Runner {
  readonly model: string | null;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** How a run ended. An answer that the program has called a success counts, whatever its process did afterwards. */
export function classifyClaude(state: ClaudeState, result: CommandResult, run: ClaudeRun): AgentOutcome {
  const accounting = state.result === null ? unknownAccounting(run.model) : accountingOf(state.result);
  if (state.answer !== null) return { kind: 'completed', answer: state.answer, ...accounting };
  return { ...runFailure(state, result, run), ...accounting };
}

function runFailure(state: ClaudeState, result: CommandResult, run: ClaudeRun): Failure {
  if (state.hopeless) return apiFailure(state, run) ?? crash(result, run, state.errorCode);
  const ended = endedFailure(result, run);
  if (ended !== null) return ended;
  const last = state.result;
  if (last === null) return crash(result, run, result.exitCode === 0 ? 'it gave no result' : null);
  if (last.startup_failure_reason !== null) {
    return { kind: 'denied', message: `${run.name} refused to start: ${last.errors[0] ?? last.startup_failure_reason}` };
  }
  return apiFailure(state, run) ?? crash(result, run, last.errors[0] ?? last.result ?? last.terminal_reason ?? 'it gave no answer');
}

function apiFailure({ errorCode, result, limitEndsAtMs }: ClaudeState, { name, nowMs }: ClaudeRun): Failure | null {
  if (result?.subtype === 'error_max_budget_usd') {
    return { kind: 'over-budget', message: `${name} spent its budget. Raise it, or make the task smaller.` };
  }
  const status = result?.api_error_status ?? null;
  const known = (status === null ? null : failureOfStatus(status, name, LOG_IN)) ?? failureOfCode(errorCode, name);
  const failure = known === null ? null : inItsWords(known, result?.errors[0] ?? result?.result ?? null);
  if (failure?.kind !== 'rate-limited' || limitEndsAtMs === null) return failure;
  return { ...failure, retryAfterMs: Math.max(0, limitEndsAtMs - nowMs) };
}

function failureOfCode(code: string | null, name: string): Failure | null {
  if (code === 'authentication_failed') return failureOf('unauthenticated', name, LOG_IN);
  if (code === 'billing_error') return failureOf('over-budget', name, LOG_IN);
  return code === 'rate_limit' ? failureOf('rate-limited', name, LOG_IN) : null;
}

/** The program prices a model that it does not know like another one: such a cost is unknown. */
function accountingOf(result: ClaudeResult): Accounting {
  const models = Object.entries(result.modelUsage);
  const usage = models.map(([model, used]): ModelUsage => {
    const { cacheReadInputTokens: cachedInputTokens, cacheCreationInputTokens: cacheWriteTokens, outputTokens } = used;
    const inputTokens = sum([used.inputTokens, cachedInputTokens, cacheWriteTokens]);
    const cost = used.costBasis !== 'unknown' && used.costUSD !== null ? { costUsd: used.costUSD, costSource: 'agent' as const } : {};
    return { model, inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, ...cost };
  });
  const isPriced = models.every(([, used]) => used.costBasis !== 'unknown');
  return isPriced && result.total_cost_usd !== null
    ? { usage, costUsd: result.total_cost_usd, costSource: 'agent' }
    : { usage, costUsd: null };
}

function sum(parts: readonly (number | null)[]): number | null {
  return parts.reduce((total, part) => (total === null || part === null ? null : total + part), 0);
}
