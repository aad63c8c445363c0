import { z } from 'zod';
import { parseJson } from '../json.js';
import { describeTool, type ToolUse } from './describe-tool.js';

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

const assistantEvent = z.object({
  type: z.literal('assistant'),
  error: text,
  message: z.object({ content: z.array(z.unknown()) }),
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

const event = z.union([resultEvent, assistantEvent, retryEvent]);

export type ClaudeResult = z.infer<typeof resultEvent>;

/** What is known of a run after some of its lines. */
export interface ClaudeState {
  readonly cwd: string;
  /** The last result: background work makes more than one. */
  readonly result: ClaudeResult | null;
  /** Claude Code's code of the last API error: `authentication_failed`, `billing_error`, `rate_limit` and others. */
  readonly errorCode: string | null;
  /** True when further retries cannot help. */
  readonly hopeless: boolean;
  /** What the last line means, for a person. */
  readonly progress: readonly string[];
}

export function initialClaudeState(cwd: string): ClaudeState {
  return { cwd, result: null, errorCode: null, hopeless: false, progress: [] };
}

/** The state after one more line of `--output-format stream-json`; unknown lines change nothing. */
export function readClaudeLine(state: ClaudeState, line: string): ClaudeState {
  const quiet = { ...state, progress: [] };
  const parsed = event.safeParse(parseJson(line));
  if (!parsed.success) return quiet;
  const value = parsed.data;
  if (state.hopeless && value.type !== 'result') return quiet;
  if (value.type === 'assistant') {
    const progress = value.message.content.flatMap((item) => describeBlock(item, state.cwd));
    return { ...quiet, errorCode: value.error, progress };
  }
  if (value.type === 'result') {
    const denied = value.permission_denials.map(({ tool_name, tool_input }) => ({ name: tool_name, input: tool_input }));
    return { ...quiet, result: value, progress: denied.map((tool) => `was not allowed: ${describeTool(tool, state.cwd)}`) };
  }
  // The first 401 can be an access token that expired, which the program renews by itself.
  const hopeless = value.error === 'billing_error' || (value.error === 'authentication_failed' && (value.attempt ?? 0) > 1);
  return {
    ...quiet,
    errorCode: value.error,
    hopeless,
    progress: [`waits to try again: ${value.error ?? 'error'} ${value.error_status ?? ''}`],
  };
}

function describeBlock(item: unknown, cwd: string): readonly string[] {
  const parsed = block.safeParse(item);
  if (!parsed.success) return [];
  if (parsed.data.type === 'text') return [parsed.data.text.trim().split('\n', 1)[0] ?? ''];
  const tool: ToolUse = parsed.data;
  return [describeTool(tool, cwd)];
}
