import type { AgentOutcome, CommandResult } from '@nx-fleet/core';
import { commandResult } from '../request.fixture.js';
import { initialClaudeState, readClaudeLine } from './events.js';
import { classifyClaude } from './outcome.js';

const SUCCESS = {
  type: 'result',
  subtype: 'success',
  is_error: false,
  terminal_reason: 'completed',
  result: 'Done.',
  total_cost_usd: 0.5,
  modelUsage: {},
};
const FAILED = { ...SUCCESS, is_error: true, terminal_reason: 'api_error', result: 'API Error' };

const classify = (events: readonly object[], result: Partial<CommandResult> = {}): AgentOutcome => {
  const state = events.reduce(
    (current: ReturnType<typeof initialClaudeState>, event) => readClaudeLine(current, JSON.stringify(event)),
    initialClaudeState('/repo'),
  );
  return classifyClaude(state, commandResult(result), { name: 'claude', installHint: 'Install it.', model: 'haiku', nowMs: 1_000_000 });
};

describe('classifyClaude', () => {
  it('is completed with the text of the result', () => {
    expect(classify([SUCCESS])).toEqual({ kind: 'completed', answer: 'Done.', usage: [], costUsd: 0.5, costSource: 'agent' });
  });

  it('prefers the structured answer', () => {
    expect(classify([{ ...SUCCESS, structured_output: { a: 1 } }])).toMatchObject({ answer: '{"a":1}' });
  });

  it('is completed although a tool was denied: our own checks judge the work', () => {
    const denials = [{ tool_name: 'Bash', tool_input: { command: 'npm test' } }];
    expect(classify([{ ...SUCCESS, permission_denials: denials }]).kind).toBe('completed');
  });

  it.each([
    ['the error mark', { ...SUCCESS, is_error: true }, {}],
    ['the subtype', { ...SUCCESS, subtype: 'error_max_turns' }, {}],
    ['the reason', { ...SUCCESS, terminal_reason: 'aborted_tools' }, {}],
    ['the missing answer', { ...SUCCESS, result: null }, {}],
  ])('is not completed when %s says otherwise', (_, event, result) => {
    expect(classify([event], result).kind).toBe('crashed');
  });

  it.each<Partial<CommandResult>>([
    { exitCode: 1 },
    { exitCode: null, signal: 'SIGKILL' },
    { ended: 'idle', exitCode: null },
    { ended: 'cancelled', exitCode: null },
  ])('is completed once a result is a success, whatever its process did afterwards: %p', (result) => {
    expect(classify([SUCCESS, FAILED], result)).toMatchObject({ kind: 'completed', answer: 'Done.' });
  });

  it.each([
    [401, 'unauthenticated'],
    [403, 'unauthenticated'],
    [402, 'over-budget'],
    [429, 'rate-limited'],
    [529, 'rate-limited'],
    [400, 'crashed'],
    [500, 'crashed'],
  ])('takes status %i for %s', (status, kind) => {
    expect(classify([{ ...FAILED, api_error_status: status }], { exitCode: 1 }).kind).toBe(kind);
  });

  it('is unauthenticated when nobody is logged in, which has no status', () => {
    const said = { type: 'assistant', error: 'authentication_failed', message: { content: [] } };
    expect(classify([said, FAILED], { exitCode: 1 })).toMatchObject({
      kind: 'unauthenticated',
      message: expect.stringContaining('Log in'),
    });
  });

  it('says when a limit of the subscription ends, where the program tells it', () => {
    const limit = { type: 'rate_limit_event', rate_limit_info: { status: 'rejected', resetsAt: 1_060, rateLimitType: 'five_hour' } };
    const near = { ...limit, rate_limit_info: { status: 'allowed_warning', resetsAt: 9_999 } };
    const refused = { ...FAILED, api_error_status: 429 };
    expect(classify([limit, refused], { exitCode: 1 })).toMatchObject({ kind: 'rate-limited', retryAfterMs: 60_000 });
    expect(classify([near, refused], { exitCode: 1 })).not.toHaveProperty('retryAfterMs');
    expect(classify([limit, SUCCESS])).not.toHaveProperty('retryAfterMs');
  });

  it('is over budget when the limit of the run is reached', () => {
    expect(classify([{ ...FAILED, subtype: 'error_max_budget_usd' }], { exitCode: 1 }).kind).toBe('over-budget');
  });

  it('is denied when the program refuses to start', () => {
    const refusal = {
      type: 'result',
      subtype: 'error_during_execution',
      is_error: true,
      startup_failure_reason: 'bypass_root',
      errors: ['not as root'],
    };
    expect(classify([refusal], { exitCode: 1 })).toMatchObject({ kind: 'denied', message: 'claude refused to start: not as root' });
  });

  it('is timed out with the cost that the program still reported', () => {
    const aborted = { ...SUCCESS, is_error: true, terminal_reason: 'aborted_tools', total_cost_usd: 0.2 };
    expect(classify([aborted], { ended: 'timed-out' })).toMatchObject({ kind: 'timed-out', costUsd: 0.2 });
  });

  it('adds what the cache read and wrote to the input', () => {
    const modelUsage = {
      opus: { inputTokens: 10, cacheReadInputTokens: 20, cacheCreationInputTokens: 30, outputTokens: 4, costBasis: 'list' },
    };
    expect(classify([{ ...SUCCESS, modelUsage }])).toMatchObject({
      usage: [{ model: 'opus', inputTokens: 60, cachedInputTokens: 20, outputTokens: 4 }],
      costUsd: 0.5,
    });
  });

  it('tells what each model cost, but not what is only guessed', () => {
    const modelUsage = {
      opus: { inputTokens: 1, outputTokens: 1, costBasis: 'list', costUSD: 0.4 },
      odd: { inputTokens: 1, outputTokens: 1, costBasis: 'unknown', costUSD: 0.1 },
    };
    const outcome = classify([{ ...SUCCESS, modelUsage }]);
    expect(outcome).toMatchObject({ usage: [{ model: 'opus', costUsd: 0.4, costSource: 'agent' }, { model: 'odd' }], costUsd: null });
    expect(outcome.usage[1]).not.toHaveProperty('costUsd');
  });

  it('knows no cost when one model has no price, and no input when a part of it is unknown', () => {
    const modelUsage = {
      opus: { inputTokens: 1, cacheReadInputTokens: 0, outputTokens: 1, costBasis: 'list' },
      odd: { costBasis: 'unknown' },
    };
    expect(classify([{ ...SUCCESS, modelUsage }])).toMatchObject({ usage: [{ inputTokens: null }, { inputTokens: null }], costUsd: null });
  });
});
