import { printable, printableLine, type Accounting, type AgentOutcome, type CommandResult } from '@nx-fleet/core';

export interface Failure {
  readonly kind: Exclude<AgentOutcome['kind'], 'completed'>;
  readonly message: string;
  readonly retryAfterMs?: number;
}

/** Who ran: for messages. */
export interface Runner {
  readonly name: string;
  readonly installHint: string;
}

/** The accounting of a run that said nothing about tokens. */
export function unknownAccounting(model: string | null): Accounting {
  return { usage: [{ model, inputTokens: null, cachedInputTokens: null, outputTokens: null }], costUsd: null };
}

/** How a run failed that we or the system ended before the program did, or null when the program exited. */
export function endedFailure(result: CommandResult, runner: Runner): Failure | null {
  switch (result.ended) {
    case 'exited':
      return null;
    case 'not-found':
      return { kind: 'not-installed', message: runner.installHint };
    case 'timed-out':
      return {
        kind: 'timed-out',
        message: `${runner.name} reached its time limit and was stopped. Make the task smaller, or raise "limits.agentMinutes".`,
      };
    case 'idle':
      return {
        kind: 'timed-out',
        message: `${runner.name} was silent for too long and was stopped. Run it again, or raise "limits.agentIdleMinutes".`,
      };
    case 'cancelled':
      return { kind: 'cancelled', message: `${runner.name} was cancelled.` };
  }
}

type ApiFailure = 'unauthenticated' | 'over-budget' | 'rate-limited' | 'denied';

/** A failure that a program names by a code. @param logIn what to do when it is not logged in */
export function failureOf(kind: ApiFailure, name: string, logIn: string): Failure {
  const messages: Readonly<Record<ApiFailure, string>> = {
    unauthenticated: `${name} is not logged in, or its login is not valid. ${logIn}`,
    'over-budget': `The account of ${name} has no credit left. Add credit, or use another login.`,
    'rate-limited': `The model of ${name} is overloaded or its rate limit is reached. Run it again later.`,
    denied: `${name} was not allowed to do what it needed. Allow it, or say in the issue how to do without.`,
  };
  return { kind, message: messages[kind] };
}

/** What an HTTP status of the model's server means, or null when it says no more than that something went wrong. */
export function failureOfStatus(status: number, name: string, logIn: string): Failure | null {
  if (status === 401 || status === 403) return failureOf('unauthenticated', name, logIn);
  if (status === 402) return failureOf('over-budget', name, logIn);
  return [429, 503, 529].includes(status) ? failureOf('rate-limited', name, logIn) : null;
}

/** A failure with what the vendor's server said. */
export function inItsWords(failure: Failure, said: string | null): Failure {
  const words = said?.trim() ?? '';
  return words === '' ? failure : { ...failure, message: `${failure.message} It said: ${words}` };
}

/** A failure that was not foreseen, in the program's own words: `said`, or the line of its standard error that tells most. */
export function crash(result: CommandResult, runner: Runner, said: string | null): Failure {
  const end = result.exitCode === null ? `was ended by ${result.signal ?? 'a signal'}` : `ended with exit code ${result.exitCode}`;
  const reason = said?.trim() || tellingLine(result.stderr) || 'it said nothing on standard error';
  return { kind: 'crashed', message: `${runner.name} ${end}: ${reason}` };
}

/** The outcome without secrets and, in what the user reads, without control characters. */
export function redactOutcome(outcome: AgentOutcome, redact: (text: string) => string): AgentOutcome {
  return outcome.kind === 'completed'
    ? { ...outcome, answer: redact(outcome.answer) }
    : { ...outcome, message: printableLine(redact(printable(outcome.message)), 300) };
}

/** What begins the message of an error in Node, Python, Go, Rust and most other programs. */
const ERROR = /^(?:\[?[\w.]*(?:error|exception)\b|fatal\b|panic\b|thread '.*' panicked)/i;
/** A line of a stack, of the source beside it, of an object's end, or Node's last one. */
const NOISE = /^(?:at .*|node\.js v\d.*|note: run with .*|[\s^~|}\])]*)$/i;

/** The last line that names an error, else the last one that is not part of a stack. */
function tellingLine(text: string): string {
  const lines = text.split('\n').map((line) => printable(line).trimEnd());
  const said = lines.findLast((line) => ERROR.test(line)) ?? lines.findLast((line) => !NOISE.test(line.trim()));
  return said?.trim() ?? '';
}
