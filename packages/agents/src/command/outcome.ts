import type { Accounting, AgentOutcome, CommandResult } from '@nx-fleet/core';
import { crash, endedFailure, failureOf, failureOfStatus, inItsWords, type Failure, type Runner } from '../outcome.js';
import type { Extraction } from './extract.js';
import type { CommandDefinition } from './invocation.js';

const LOG_IN = 'Log in with the program itself, or name the variable of its key in "passEnv".';

interface CommandRun extends Runner {
  readonly model: string | null;
  readonly exitCodes: CommandDefinition['exitCodes'];
  readonly isAnswer: ((text: string) => boolean) | undefined;
}

/**
 * How a run ended. An answer counts once the program has said that it is whole, or once it is valid, whatever the process did afterwards; without
 * either, only with exit code 0 and no error in the output.
 */
export function classifyCommand(extraction: Extraction, result: CommandResult, run: CommandRun): AgentOutcome {
  const accounting = accountingOf(extraction, run.model);
  const { answer } = extraction;
  if (answer !== null && hasAnswered(extraction, run)) return { kind: 'completed', answer, ...accounting };
  const failure = apiFailure(extraction, run) ?? endedFailure(result, run) ?? programFailure(extraction, result, run);
  if (failure !== null) return { ...failure, ...accounting };
  if (answer === null) return { ...crash(result, run, 'its output holds no answer'), ...accounting };
  return { kind: 'completed', answer, ...accounting };
}

/** Whether the answer of a run is there, however the run ends. */
export function hasAnswered({ answer, isFinished }: Extraction, { isAnswer }: Pick<CommandRun, 'isAnswer'>): boolean {
  return answer !== null && (isFinished || isAnswer?.(answer) === true);
}

/** Why the model's server refused, if it did: nothing else can come of such a run. */
export function apiFailure({ error, errorStatus }: Extraction, { name }: Pick<CommandRun, 'name'>): Failure | null {
  if (error === null || errorStatus === null) return null;
  const known = failureOfStatus(errorStatus, name, LOG_IN);
  return known === null ? null : inItsWords(known, error);
}

function programFailure({ error, errorStatus }: Extraction, result: CommandResult, run: CommandRun): Failure | null {
  if (result.exitCode === 0 && error === null) return null;
  const kind = run.exitCodes[String(result.exitCode)];
  if (kind !== undefined) return failureOf(kind, run.name, LOG_IN);
  return (errorStatus === null ? null : failureOfStatus(errorStatus, run.name, LOG_IN)) ?? crash(result, run, error);
}

/** A program that reports 0 dollars for tokens that it has used does not know the price, or somebody else pays. */
function accountingOf({ usage, costUsd }: Extraction, model: string | null): Accounting {
  const isGuess = costUsd === 0 && (usage.inputTokens ?? 0) > 0;
  return {
    usage: [{ ...usage, model: usage.model ?? model }],
    ...(costUsd === null || isGuess ? { costUsd: null } : { costUsd, costSource: 'agent' }),
  };
}
