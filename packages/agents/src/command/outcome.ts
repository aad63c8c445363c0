import type { Accounting, AgentOutcome, CommandResult } from '@nx-fleet/core';
import { crash, endedFailure, type Failure, type Runner } from '../outcome.js';
import type { Extraction } from './extract.js';

/** How a run ended: completed only with exit code 0, no error in the output, and an answer. */
export function classifyCommand(
  extraction: Extraction,
  result: CommandResult,
  run: Runner & { readonly model: string | null },
): AgentOutcome {
  const { usage, costUsd, answer } = extraction;
  const accounting: Accounting = {
    usage: [{ ...usage, model: usage.model ?? run.model }],
    costUsd,
    ...(costUsd === null ? {} : { costSource: 'agent' as const }),
  };
  const failure = failureOf(extraction, result, run);
  if (failure !== null) return { ...failure, ...accounting };
  if (answer === null) return { ...crash(result, run, 'its output holds no answer; check "output" and "extract.text"'), ...accounting };
  return { kind: 'completed', answer, ...accounting };
}

function failureOf({ error }: Extraction, result: CommandResult, run: Runner): Failure | null {
  const ended = endedFailure(result, run);
  if (ended !== null) return ended;
  return result.exitCode === 0 && error === null ? null : crash(result, run, error);
}
