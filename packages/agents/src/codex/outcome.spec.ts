import type { AgentOutcome, CommandResult } from '@nx-fleet/core';
import { classifyCodex, codexProgress, type CodexState, initialCodexState, readCodexLine } from './outcome.js';
import { commandResult } from '../request.fixture.js';

const USAGE = { input_tokens: 100, cached_input_tokens: 40, cache_write_input_tokens: 10, output_tokens: 5 };
const DONE: Partial<CodexState> = { answer: 'Done.', isTurnCompleted: true, usage: USAGE };

const classify = (state: Partial<CodexState>, result: Partial<CommandResult> = {}): AgentOutcome =>
  classifyCodex({ ...initialCodexState('/repo'), ...state }, commandResult(result), {
    name: 'codex',
    installHint: 'Install it.',
    model: 'gpt-x',
  });

describe('classifyCodex', () => {
  it('is completed with the last message, its tokens, and no price', () => {
    expect(classify(DONE)).toEqual({
      kind: 'completed',
      answer: 'Done.',
      usage: [{ model: 'gpt-x', inputTokens: 100, cachedInputTokens: 40, cacheWriteTokens: 10, outputTokens: 5 }],
      costUsd: null,
    });
  });

  it.each([
    ['the missing end of the turn', { ...DONE, isTurnCompleted: false }, {}],
    ['the missing answer', { ...DONE, answer: null }, {}],
    ['a failure of the turn', { ...DONE, failure: 'context_length_exceeded' }, {}],
  ])('is not completed when %s says otherwise', (_, state, result) => {
    expect(classify(state, result).kind).toBe('crashed');
  });

  it.each<Partial<CommandResult>>([{ exitCode: 1 }, { exitCode: null, signal: 'SIGKILL' }, { ended: 'idle', exitCode: null }])(
    'is completed once its turn is, whatever its process did afterwards: %p',
    (result) => {
      expect(classify(DONE, result)).toMatchObject({ kind: 'completed', answer: 'Done.' });
    },
  );

  it.each([
    ['unexpected status 401 Unauthorized: no', 'unauthenticated'],
    ['exceeded retry limit, last status: 429 Too Many Requests', 'rate-limited'],
    ['unexpected status 402 Payment Required', 'over-budget'],
    ['unexpected status 400 Bad Request: unexpected status 401 said the server', 'crashed'],
    ['The server says: unexpected status 401', 'crashed'],
  ])('takes "%s" for %s', (failure, kind) => {
    expect(classify({ failure }, { exitCode: 1 })).toMatchObject({ kind, costUsd: null, usage: [{ inputTokens: null }] });
  });

  it('says in the words of Codex what else failed', () => {
    expect(classify({ failure: 'Missing environment variable: `X`.' }, { exitCode: 1 })).toMatchObject({
      message: 'codex ended with exit code 1: Missing environment variable: `X`.',
    });
  });
});

const read = (...events: readonly unknown[]): CodexState =>
  events.reduce<CodexState>(
    (state, event) => readCodexLine(state, typeof event === 'string' ? event : JSON.stringify(event)),
    initialCodexState('/repo'),
  );

const item = (type: 'item.started' | 'item.completed', value: object) => ({ type, item: { id: 'item_1', ...value } });

describe('readCodexLine', () => {
  it('takes the last message for the answer', () => {
    const said = (text: string) => item('item.completed', { type: 'agent_message', text });
    expect(read(said('I start.'), said('Done.')).answer).toBe('Done.');
  });

  it('goes on after a reconnect', () => {
    expect(read({ type: 'error', message: 'Reconnecting... 1/5' }, { type: 'turn.completed', usage: null })).toMatchObject({
      isTurnCompleted: true,
      failure: null,
      usage: null,
    });
  });

  it.each(['', 'no json', '[]', 'null', '{"type":"thread.started"}', '{"type":"item.completed","item":{"type":"future"}}'])(
    'ignores %j',
    (line) => {
      expect(read(line)).toEqual(initialCodexState('/repo'));
    },
  );

  it.each([
    [item('item.started', { type: 'command_execution', command: 'npm test' }), ['runs npm test']],
    [item('item.completed', { type: 'command_execution', command: 'npm test', exit_code: 0 }), []],
    [
      item('item.completed', {
        type: 'file_change',
        changes: [
          { path: '/repo/a.ts', kind: 'add' },
          { path: 'b.ts', kind: 'update' },
        ],
      }),
      ['edits a.ts, b.ts'],
    ],
    [item('item.completed', { type: 'mcp_tool_call', server: 'docs', tool: 'find' }), ['uses docs.find']],
    [item('item.completed', { type: 'error', message: 'odd model' }), ['odd model']],
    [{ type: 'error', message: 'Reconnecting... 1/5' }, ['Reconnecting... 1/5']],
  ])('describes %j', (event, progress) => {
    expect(read(event).progress).toEqual(progress);
  });

  it('counts what the agent does, a command once', () => {
    const command = { type: 'command_execution', command: 'ls' };
    const state = read(
      item('item.started', command),
      item('item.completed', command),
      item('item.completed', { type: 'agent_message', text: 'x' }),
    );
    expect(codexProgress(state)).toMatchObject({ isUrgent: false, meter: { unit: 'step', count: 2 } });
    expect(codexProgress(read({ type: 'error', message: 'Reconnecting... 1/5' }))).toMatchObject({ isUrgent: true });
  });

  it('takes a count that is no count for unknown', () => {
    expect(read({ type: 'turn.completed', usage: { input_tokens: '12', output_tokens: -1 } }).usage).toEqual({
      input_tokens: null,
      cached_input_tokens: null,
      cache_write_input_tokens: null,
      output_tokens: null,
    });
  });
});
