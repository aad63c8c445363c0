import { type Accounting, type AgentOutcome, type CommandResult, parseJson } from '@nx-fleet/core';
import { z } from 'zod';
import { relativePath } from '../detect.js';
import { crash, endedFailure, type Failure, failureOfStatus, inItsWords, type Runner, unknownAccounting } from '../outcome.js';
import type { Progress } from '../progress/progress-line.js';

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

const count = z.int().nonnegative().nullable().catch(null);

const usage = z.object({
  input_tokens: count,
  cached_input_tokens: count,
  cache_write_input_tokens: count,
  output_tokens: count,
});

const item = z.discriminatedUnion('type', [
  z.object({ type: z.literal('agent_message'), text: z.string() }),
  z.object({ type: z.literal('command_execution'), command: z.string() }),
  z.object({ type: z.literal('file_change'), changes: z.array(z.object({ path: z.string(), kind: z.string() })) }),
  z.object({ type: z.literal('mcp_tool_call'), server: z.string(), tool: z.string() }),
  z.object({ type: z.literal('web_search'), query: z.string().catch('') }),
  z.object({ type: z.literal('error'), message: z.string() }),
]);

const event = z.discriminatedUnion('type', [
  z.object({ type: z.literal('item.started'), item }),
  z.object({ type: z.literal('item.completed'), item }),
  z.object({ type: z.literal('error'), message: z.string() }),
  z.object({ type: z.literal('turn.completed'), usage: usage.nullable().catch(null) }),
  z.object({ type: z.literal('turn.failed'), error: z.object({ message: z.string() }) }),
]);

type CodexItem = z.infer<typeof item>;
export type CodexUsage = z.infer<typeof usage>;

/** What is known of a run after some of its lines. */
export interface CodexState {
  readonly cwd: string;
  /** The last message of the agent: its answer. */
  readonly answer: string | null;
  readonly isTurnCompleted: boolean;
  readonly usage: CodexUsage | null;
  /** Why the turn failed, in Codex's words. */
  readonly failure: string | null;
  /** What the last line means, for the user. */
  readonly progress: readonly string[];
  readonly isUrgent: boolean;
  /** How much the agent has done: commands, edits, words. */
  readonly steps: number;
}

export function initialCodexState(cwd: string): CodexState {
  return { cwd, answer: null, isTurnCompleted: false, usage: null, failure: null, progress: [], isUrgent: false, steps: 0 };
}

/** What the last line means. Codex counts its tokens at the end only. */
export function codexProgress({ progress, isUrgent, steps }: CodexState): Progress {
  return { lines: progress, isUrgent, meter: { unit: 'step', count: steps, usage: [] } };
}

/** The state after one more line of `codex exec --json`; unknown lines change nothing. */
export function readCodexLine(state: CodexState, line: string): CodexState {
  const quiet = { ...state, progress: [], isUrgent: false };
  const parsed = event.safeParse(parseJson(line));
  if (!parsed.success) return quiet;
  const value = parsed.data;
  switch (value.type) {
    case 'item.started':
      return value.item.type === 'command_execution' ? withStep(quiet, value.item) : quiet;
    case 'item.completed': {
      if (value.item.type === 'command_execution') return quiet;
      const next = withStep(quiet, value.item);
      return value.item.type === 'agent_message' ? { ...next, answer: value.item.text } : next;
    }
    case 'error':
      return { ...quiet, progress: [value.message], isUrgent: true };
    case 'turn.completed':
      return { ...quiet, isTurnCompleted: true, usage: value.usage, failure: null };
    case 'turn.failed':
      return state.isTurnCompleted ? quiet : { ...quiet, failure: value.error.message };
  }
}

function withStep(state: CodexState, done: CodexItem): CodexState {
  return { ...state, steps: state.steps + 1, progress: [describeItem(done, state.cwd)], isUrgent: done.type === 'error' };
}

function describeItem(value: CodexItem, cwd: string): string {
  switch (value.type) {
    case 'agent_message':
      return value.text.trim().split('\n', 1)[0] ?? '';
    case 'command_execution':
      return `runs ${value.command}`;
    case 'file_change':
      return `edits ${value.changes.map(({ path }) => relativePath(cwd, path)).join(', ')}`;
    case 'mcp_tool_call':
      return `uses ${value.server}.${value.tool}`;
    case 'web_search':
      return `searches the web: ${value.query}`;
    case 'error':
      return value.message;
  }
}
