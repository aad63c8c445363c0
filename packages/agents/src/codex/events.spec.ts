import { codexProgress, initialCodexState, readCodexLine, type CodexState } from './events.js';

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
