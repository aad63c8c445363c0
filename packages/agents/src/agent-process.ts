import {
  type AgentRequest,
  type CommandResult,
  type CommandRunner,
  createLineRedactor,
  isCi,
  printable,
  type ScratchFolders,
} from '@nx-fleet/core';
import { loadPriceList } from './price/price-list.js';
import { createPricer, type PriceTable } from './price/price-usage.js';
import { type Clock, createThrottle, type Progress, progressLine, systemClock } from './progress/progress-line.js';

/** What every agent is made with. */
export interface AgentContext {
  readonly commands: CommandRunner;
  /** Our own environment; agents get the part of it that an allow-list names. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute path that relative programs are taken from. */
  readonly workspaceRoot: string;
  /** The user's own prices. @default none */
  readonly prices?: PriceTable;
  /** What progress is timed by. @default the system's clock */
  readonly clock?: Clock;
  /** Where its temporary files are. @default the temporary folder */
  readonly scratch?: ScratchFolders;
  /** How long a program may stay that has nothing more to say, in milliseconds. @default 10_000 */
  readonly graceMs?: number;
}

/** How a program is called for one request. */
export interface Invocation {
  readonly args: readonly string[];
  /** Text for standard input. */
  readonly input: string;
}

export interface AgentProcess {
  /** The agent's name, for users. */
  readonly name: string;
  readonly file: string;
  readonly invocation: Invocation;
  readonly env: Readonly<Record<string, string>>;
  readonly request: AgentRequest;
  readonly redact: (text: string) => string;
  /** Reads one line of the program's output and says what it means for the user; null for nothing. */
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => Progress | null;
  /** Asked after each line: `over` once the answer is whole, or nothing but a failure can come; `hopeless` where not even a grace helps. */
  readonly stage: () => 'running' | 'over' | 'hopeless';
}

const GRACE_MS = 10_000;
const INTERVAL_MS = 1_000;
// The log of a CI job is read after the job.
const INTERVAL_IN_CI_MS = 15_000;

/** Runs an agent's program, and ends it when it stays though its run is over; its lines go to the transcript and, as far as they mean something, to the progress, without secrets. */
export async function runAgentProcess(context: AgentContext, agent: AgentProcess): Promise<CommandResult> {
  const { request, redact } = agent;
  const [redactLine, redactShown] = [createLineRedactor(redact), createLineRedactor(redact)];
  const stop = new AbortController();
  const signals = [request.signal, stop.signal].filter((signal) => signal !== undefined);
  let grace: NodeJS.Timeout | undefined;
  const watchStage = (): void => {
    const stage = agent.stage();
    if (stage === 'hopeless') stop.abort();
    if (stage === 'over') return void (grace ??= setTimeout(() => stop.abort(), context.graceMs ?? GRACE_MS));
    clearTimeout(grace);
    grace = undefined;
  };
  const price = createPricer({ table: context.prices ?? {}, list: await loadPriceList() });
  const progress = createThrottle(request.onProgress, intervalMs(context), context.clock ?? systemClock);
  try {
    const result = await context.commands.run({
      file: agent.file,
      args: agent.invocation.args,
      cwd: request.cwd,
      env: agent.env,
      input: agent.invocation.input,
      timeoutMs: request.timeoutMs,
      idleTimeoutMs: request.idleTimeoutMs,
      signal: AbortSignal.any(signals),
      onLine: (line, stream) => {
        request.onTranscript(redactLine(line));
        const said = agent.onLine(line, stream);
        watchStage();
        if (said === null) return;
        for (const text of said.lines) {
          const shown = progressLine(redactShown(printable(text)), { name: agent.name, meter: said.meter }, price);
          if (shown !== '') progress.say(shown, said.isUrgent);
        }
      },
    });
    // That we have ended it says nothing about the run, which was over.
    return stop.signal.aborted && request.signal?.aborted !== true ? { ...result, ended: 'exited' } : result;
  } finally {
    clearTimeout(grace);
    progress.stop();
  }
}

function intervalMs({ env }: AgentContext): number {
  return isCi(env) ? INTERVAL_IN_CI_MS : INTERVAL_MS;
}
