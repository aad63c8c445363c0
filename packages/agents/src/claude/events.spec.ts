import { claudeProgress, initialClaudeState, readClaudeLine, type ClaudeState } from './events.js';

const read = (...events: readonly unknown[]): ClaudeState =>
  events.reduce<ClaudeState>(
    (state, event) => readClaudeLine(state, typeof event === 'string' ? event : JSON.stringify(event)),
    initialClaudeState('/repo'),
  );

const retry = (attempt: number, error: string) => ({ type: 'system', subtype: 'api_retry', attempt, error, error_status: 401 });
const tool = (name: string, input: object) => ({ type: 'assistant', message: { content: [{ type: 'tool_use', id: 't', name, input }] } });

describe('readClaudeLine', () => {
  it('keeps the last of several results', () => {
    const state = read({ type: 'result', subtype: 'success', result: 'first' }, { type: 'result', subtype: 'success', result: 'last' });
    expect(state.result?.result).toBe('last');
  });

  it.each(['', 'not json', '[]', 'null', '7', '{"type":"rate_limit_event"}', '{"type":"assistant","message":{"content":"odd"}}'])(
    'ignores %j',
    (line) => {
      expect(read(line)).toEqual(initialClaudeState('/repo'));
    },
  );

  it('takes a result whose fields have odd types for a failed one, and its numbers for unknown', () => {
    const { result } = read({ type: 'result', subtype: 7, is_error: 'no', total_cost_usd: 'free', modelUsage: { m: { inputTokens: -1 } } });
    expect(result).toMatchObject({
      subtype: null,
      is_error: true,
      total_cost_usd: null,
      modelUsage: { m: { inputTokens: null, outputTokens: null } },
    });
  });

  it.each([
    ['Edit', { file_path: '/repo/src/a.ts' }, 'edits src/a.ts'],
    ['Read', { file_path: '/etc/hosts' }, 'reads /etc/hosts'],
    ['Bash', { command: 'npm test' }, 'runs npm test'],
    ['Skill', { skill: 'review' }, 'uses the skill review'],
    ['Future', { x: 1 }, 'uses Future'],
    ['Edit', {}, 'uses Edit'],
    ['StructuredOutput', {}, 'gives its answer'],
  ])('describes the tool %s', (name, input, expected) => {
    expect(read(tool(name, input)).progress).toEqual([expected]);
  });

  it('shows the first line of what the agent says, and nothing of the line before', () => {
    expect(
      read(tool('Bash', { command: 'ls' }), { type: 'assistant', message: { content: [{ type: 'text', text: 'One.\nTwo.' }] } }).progress,
    ).toEqual(['One.']);
  });

  it('counts a turn once, however many lines tell of it, with its last tokens, cached ones included', () => {
    const said = (id: string, output_tokens: number) => ({
      type: 'assistant',
      message: {
        id,
        model: 'opus',
        content: [{ type: 'text', text: 'x' }],
        usage: { input_tokens: 10, cache_read_input_tokens: 20, cache_creation_input_tokens: 30, output_tokens },
      },
    });
    const { meter } = claudeProgress(read(said('a', 1), said('a', 7), said('b', 2)));
    expect(meter).toMatchObject({ unit: 'turn', count: 2 });
    expect(meter.usage[0]).toEqual({ model: 'opus', inputTokens: 60, cachedInputTokens: 20, cacheWriteTokens: 30, outputTokens: 7 });
  });

  it('lets no refusal and no wait be left out', () => {
    expect(read(retry(1, 'rate_limit')).isUrgent).toBe(true);
    expect(read({ type: 'result', subtype: 'success', permission_denials: [{ tool_name: 'Bash', tool_input: {} }] }).isUrgent).toBe(true);
    expect(read(retry(1, 'rate_limit'), tool('Bash', { command: 'ls' })).isUrgent).toBe(false);
  });

  it('says what was not allowed', () => {
    const denied = { type: 'result', subtype: 'success', permission_denials: [{ tool_name: 'Bash', tool_input: { command: 'npm test' } }] };
    expect(read(denied).progress).toEqual(['was not allowed: runs npm test']);
  });

  it('gives up on the second refusal of a login, and at once on billing, but not on overload', () => {
    expect(read(retry(1, 'authentication_failed')).hopeless).toBe(false);
    expect(read(retry(2, 'authentication_failed')).hopeless).toBe(true);
    expect(read(retry(1, 'billing_error')).hopeless).toBe(true);
    expect(read(retry(3, 'rate_limit')).hopeless).toBe(false);
  });

  it('remembers why it gave up, whatever follows', () => {
    const said = { type: 'assistant', message: { content: [{ type: 'text', text: 'Interrupted' }] } };
    expect(read(retry(2, 'authentication_failed'), said)).toMatchObject({ hopeless: true, errorCode: 'authentication_failed' });
  });
});
