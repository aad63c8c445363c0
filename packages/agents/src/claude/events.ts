import { type ModelUsage, parseJson } from '@nx-fleet/core';
import { z } from 'zod';
import { relativePath } from '../detect.js';
import type { Progress } from '../progress/progress-line.js';

const count = z.int().nonnegative().nullable().catch(null);
const text = z.string().nullable().catch(null);

const toolInput = z.record(z.string(), z.unknown()).catch({});

const modelUsage = z.object({
  inputTokens: count,
  outputTokens: count,
  cacheReadInputTokens: count,
  cacheCreationInputTokens: count,
  costUSD: z.number().nonnegative().nullable().catch(null),
  costBasis: text,
});

const resultEvent = z.object({
  type: z.literal('result'),
  subtype: text,
  is_error: z.boolean().catch(true),
  terminal_reason: text,
  api_error_status: count,
  startup_failure_reason: text,
  result: text,
  errors: z.array(z.string()).catch([]),
  structured_output: z.unknown().optional(),
  total_cost_usd: z.number().nonnegative().nullable().catch(null),
  modelUsage: z.record(z.string(), modelUsage).catch({}),
  permission_denials: z.array(z.object({ tool_name: z.string(), tool_input: toolInput })).catch([]),
});

const requestUsage = z.object({
  input_tokens: count,
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
  output_tokens: count,
});

const assistantEvent = z.object({
  type: z.literal('assistant'),
  error: text,
  message: z.object({ id: text, model: text, content: z.array(z.unknown()), usage: requestUsage.nullable().catch(null) }),
});

/** Of subscriptions: when the limit that was reached ends, in seconds since 1970. */
const limitEvent = z.object({
  type: z.literal('rate_limit_event'),
  rate_limit_info: z.object({ status: z.literal('rejected'), resetsAt: z.number().positive() }),
});

const retryEvent = z.object({
  type: z.literal('system'),
  subtype: z.literal('api_retry'),
  attempt: count,
  error: text,
  error_status: count,
});

const block = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('tool_use'), name: z.string(), input: toolInput }),
]);

const event = z.union([resultEvent, assistantEvent, retryEvent, limitEvent]);

export type ClaudeResult = z.infer<typeof resultEvent>;

/** What is known of a run after some of its lines. */
export interface ClaudeState {
  readonly cwd: string;
  /** The last result: background work makes more than one. */
  readonly result: ClaudeResult | null;
  /** The last answer that a result has called a success. It stays one, whatever comes after it. */
  readonly answer: string | null;
  /** Nothing has come after the last result. */
  readonly isOver: boolean;
  /** Claude Code's code of the last API error: `authentication_failed`, `billing_error`, `rate_limit` and others. */
  readonly errorCode: string | null;
  /** True when further retries cannot help. */
  readonly hopeless: boolean;
  /** When the limit of the subscription ends that was reached, in milliseconds since 1970. */
  readonly limitEndsAtMs: number | null;
  /** Tokens of each answer of a model by its id. Those of the output are not final. */
  readonly turns: ReadonlyMap<string, ModelUsage>;
  /** What the last line means, for the user. */
  readonly progress: readonly string[];
  readonly isUrgent: boolean;
}

export function initialClaudeState(cwd: string): ClaudeState {
  const nothing = { result: null, answer: null, isOver: false, errorCode: null, hopeless: false, limitEndsAtMs: null };
  return { cwd, ...nothing, turns: new Map(), progress: [], isUrgent: false };
}

/** What the last line means, with how far the agent has come. */
export function claudeProgress({ progress, isUrgent, turns }: ClaudeState): Progress {
  return { lines: progress, isUrgent, meter: { unit: 'turn', count: turns.size, usage: [...turns.values()] } };
}

/** How far a run has come. */
export function claudeStage({ hopeless, isOver }: ClaudeState): 'running' | 'over' | 'hopeless' {
  if (hopeless) return 'hopeless';
  return isOver ? 'over' : 'running';
}

/** The state after one more line of `--output-format stream-json`; unknown lines change nothing. */
export function readClaudeLine(state: ClaudeState, line: string): ClaudeState {
  const quiet = { ...state, progress: [], isUrgent: false };
  const parsed = event.safeParse(parseJson(line));
  if (!parsed.success) return quiet;
  const value = parsed.data;
  if (state.hopeless && value.type !== 'result') return quiet;
  if (value.type === 'assistant') {
    const progress = value.message.content.flatMap((item) => describeBlock(item, state.cwd));
    return { ...quiet, isOver: false, errorCode: value.error, turns: withTurn(state.turns, value.message), progress };
  }
  if (value.type === 'rate_limit_event') return { ...quiet, limitEndsAtMs: value.rate_limit_info.resetsAt * 1_000 };
  if (value.type === 'result') {
    const denied = value.permission_denials.map(({ tool_name, tool_input }) => ({ name: tool_name, input: tool_input }));
    const progress = denied.map((tool) => `was not allowed: ${describeTool(tool, state.cwd)}`);
    const answer = answerOf(value);
    return { ...quiet, result: value, answer: answer ?? state.answer, isOver: true, progress, isUrgent: true };
  }
  // The first 401 can be an access token that expired, which the program renews by itself.
  const hopeless = value.error === 'billing_error' || (value.error === 'authentication_failed' && (value.attempt ?? 0) > 1);
  return {
    ...quiet,
    errorCode: value.error,
    hopeless,
    isUrgent: true,
    progress: [`waits to try again: ${value.error ?? 'error'} ${value.error_status ?? ''}`],
  };
}

/** The answer of a result that is a success by all that it tells. */
function answerOf({ is_error, subtype, terminal_reason, structured_output, result }: ClaudeResult): string | null {
  const isDone = terminal_reason === null || terminal_reason === 'completed';
  if (is_error || subtype !== 'success' || !isDone) return null;
  return structured_output === undefined || structured_output === null ? result : JSON.stringify(structured_output);
}

type AssistantMessage = z.infer<typeof assistantEvent>['message'];

function withTurn(turns: ClaudeState['turns'], { id, model, usage }: AssistantMessage): ClaudeState['turns'] {
  if (id === null) return turns;
  const cachedInputTokens = usage?.cache_read_input_tokens ?? null;
  const cacheWriteTokens = usage?.cache_creation_input_tokens ?? null;
  const input = usage?.input_tokens ?? null;
  const inputTokens = input === null ? null : input + (cachedInputTokens ?? 0) + (cacheWriteTokens ?? 0);
  return new Map(turns).set(id, { model, inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens: usage?.output_tokens ?? null });
}

function describeBlock(item: unknown, cwd: string): readonly string[] {
  const parsed = block.safeParse(item);
  if (!parsed.success) return [];
  if (parsed.data.type === 'text') return [parsed.data.text.trim().split('\n', 1)[0] ?? ''];
  const tool: ToolUse = parsed.data;
  return [describeTool(tool, cwd)];
}

export interface ToolUse {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

const VERBS: Readonly<Record<string, readonly [verb: string, field: string]>> = {
  Read: ['reads', 'file_path'],
  Edit: ['edits', 'file_path'],
  Write: ['writes', 'file_path'],
  NotebookEdit: ['edits', 'notebook_path'],
  Bash: ['runs', 'command'],
  Grep: ['searches', 'pattern'],
  Glob: ['lists', 'pattern'],
  Skill: ['uses the skill', 'skill'],
};

/** What a tool call does, for the user: `edits src/a.ts`, `runs npm test`. */
function describeTool(tool: ToolUse, cwd: string): string {
  if (tool.name === 'StructuredOutput') return 'gives its answer';
  const [verb, field] = VERBS[tool.name] ?? ['uses', ''];
  const value = tool.input[field];
  if (typeof value !== 'string') return `uses ${tool.name}`;
  return `${verb} ${field.endsWith('_path') ? relativePath(cwd, value) : value}`;
}
