import type { Accounting, AgentOutcome, CommandResult } from '@nx-fleet/core';
import { crash, endedFailure, failureOfStatus, inItsWords, unknownAccounting, type Failure, type Runner } from '../outcome.js';
import type { CodexState } from './events.js';

// Codex gives no code with a failed turn. The status is at the start of its own sentence, before any words of the server.
const STATUS = /^(?:unexpected status|exceeded retry limit, last status:) (\d{3})\b/;

const LOG_IN = 'Log in: run codex login, or set CODEX_API_KEY.';

/** How a run ended. The answer of a turn that is completed counts, whatever the process did afterwards. */
export function classifyCodex(state: CodexState, result: CommandResult, run: Runner & { readonly model: string | null }): AgentOutcome {
  const accounting = accountingOf(state, run.model);
  const { answer, failure, isTurnCompleted } = state;
  if (isTurnCompleted && failure === null && answer !== null) return { kind: 'completed', answer, ...accounting };
  return { ...(endedFailure(result, run) ?? turnFailure(state, result, run)), ...accounting };
}

function turnFailure({ failure, isTurnCompleted }: CodexState, result: CommandResult, run: Runner): Failure {
  if (failure === null) {
    const lack = isTurnCompleted ? 'it gave no answer' : 'it gave no result';
    return crash(result, run, result.exitCode === 0 ? lack : null);
  }
  const status = STATUS.exec(failure)?.[1];
  const known = status === undefined ? null : failureOfStatus(Number(status), run.name, LOG_IN);
  return known === null ? crash(result, run, failure) : inItsWords(known, failure);
}

function accountingOf({ usage }: CodexState, model: string | null): Accounting {
  if (usage === null) return unknownAccounting(model);
  const { input_tokens: inputTokens, cached_input_tokens: cachedInputTokens, output_tokens: outputTokens } = usage;
  const cacheWriteTokens = usage.cache_write_input_tokens;
  return { usage: [{ model, inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens }], costUsd: null };
}
