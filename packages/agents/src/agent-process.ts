import { printable, printableLine, type AgentRequest, type CommandResult, type CommandRunner } from '@nx-fleet/core';
import type { PriceTable } from './price/settings-price.js';

/** What every agent is made with. */
export interface AgentContext {
  readonly commands: CommandRunner;
  /** Our own environment; agents get the part of it that an allow-list names. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute path that relative programs are taken from. */
  readonly workspaceRoot: string;
  /** The user's own prices. @default none */
  readonly prices?: PriceTable;
}

/** How a program is called for one request. */
export interface Invocation {
  readonly args: readonly string[];
  /** Text for standard input. */
  readonly input: string;
}

export interface AgentProcess {
  readonly file: string;
  readonly invocation: Invocation;
  readonly env: Readonly<Record<string, string>>;
  readonly request: AgentRequest;
  readonly redact: (text: string) => string;
  /** Reads one line of the program's output and says what it means for a person. */
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => readonly string[];
  /** Ends the process when aborted, besides the request's own signal. */
  readonly stop?: AbortSignal;
}

/** Runs an agent's program; its lines go to the transcript and, as far as they mean something, to the progress, without secrets. */
export function runAgentProcess(commands: CommandRunner, agent: AgentProcess): Promise<CommandResult> {
  const { request, redact } = agent;
  const signals = [request.signal, agent.stop].filter((signal) => signal !== undefined);
  return commands.run({
    file: agent.file,
    args: agent.invocation.args,
    cwd: request.cwd,
    env: agent.env,
    input: agent.invocation.input,
    timeoutMs: request.timeoutMs,
    idleTimeoutMs: request.idleTimeoutMs,
    signal: AbortSignal.any(signals),
    onLine: (line, stream) => {
      request.onTranscript(redact(line));
      for (const progress of agent.onLine(line, stream)) {
        const shown = printableLine(redact(printable(progress)));
        if (shown !== '') request.onProgress(shown);
      }
    },
  });
}
