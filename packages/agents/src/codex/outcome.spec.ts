import type { AgentOutcome, CommandResult } from '@nx-fleet/core';
import { commandResult } from '../request.fixture.js';
import { initialCodexState, type CodexState } from './events.js';
import { classifyCodex } from './outcome.js';

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
