import type { Accounting, AgentOutcome, CommandResult } from '@nx-fleet/core';
import { crash, endedFailure, failureOf, failureOfStatus, type Failure, type Runner } from '../outcome.js';
import type { Extraction } from './extract.js';
import type { CommandDefinition } from './invocation.js';

const LOG_IN = 'Log in with the program itself, or name the variable of its key in "passEnv".';

interface CommandRun extends Runner {
  readonly model: string | null;
  readonly exitCodes: CommandDefinition['exitCodes'];
}

/** How a run ended: completed only with exit code 0, no error in the output, and an answer. */
export function classifyCommand(extraction: Extraction, result: CommandResult, run: CommandRun): AgentOutcome {
  const accounting = accountingOf(extraction, run.model);
  const failure = endedFailure(result, run) ?? programFailure(extraction, result, run);
  if (failure !== null) return { ...failure, ...accounting };
  const { answer } = extraction;
  if (answer === null) return { ...crash(result, run, 'its output holds no answer; check "output" and "extract.text"'), ...accounting };
  return { kind: 'completed', answer, ...accounting };
}

function programFailure({ error, errorStatus }: Extraction, result: CommandResult, run: CommandRun): Failure | null {
  if (result.exitCode === 0 && error === null) return null;
  const kind = run.exitCodes[String(result.exitCode)];
  if (kind !== undefined) return failureOf(kind, run.name, LOG_IN);
  const known = errorStatus === null ? null : failureOfStatus(errorStatus, run.name, LOG_IN);
  return known ?? crash(result, run, error);
}

/** A program that reports 0 dollars for tokens that it has used does not know the price, or somebody else pays. */
function accountingOf({ usage, costUsd }: Extraction, model: string | null): Accounting {
  const isGuess = costUsd === 0 && (usage.inputTokens ?? 0) > 0;
  return {
    usage: [{ ...usage, model: usage.model ?? model }],
    ...(costUsd === null || isGuess ? { costUsd: null } : { costUsd, costSource: 'agent' }),
  };
}
