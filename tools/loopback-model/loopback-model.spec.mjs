import { startLoopbackModel } from './server.mjs';

describe('the loopback model', () => {
  let model;
  let requests;
  const start = async (rules) => {
    requests = [];
    model = await startLoopbackModel({ rules: () => rules, onRequest: (request) => requests.push(request) });
  };
  afterEach(() => model.stop());

  const post = (path, body) => fetch(`${model.url}${path}`, { method: 'POST', body: JSON.stringify(body) });
  const events = async (path, body) =>
    (await (await post(path, body)).text())
      .split('\n')
      .filter((line) => line.startsWith('data: '))
      .map((line) => JSON.parse(line.slice('data: '.length)));
  const ask = (text, more = {}) => events('/v1/messages', { model: 'm', messages: [{ role: 'user', content: text }], ...more });
  const textOf = (all) => all.map((event) => event.delta?.text ?? event.item?.content?.[0].text ?? '').join('');

  it('answers with the first rule whose words the prompt holds, and the same in both protocols', async () => {
    await start([
      { when: ['[[stage:build]]', '[[scenario:a]]'], steps: [{ text: 'both' }] },
      { when: ['[[stage:build]]'], steps: [{ text: 'one' }] },
    ]);
    expect(textOf(await ask('[[stage:build]] [[scenario:a]]'))).toBe('both');
    expect(textOf(await events('/v1/responses', { input: [{ type: 'message', content: '[[stage:build]]' }] }))).toBe('one');
    expect(textOf(await ask('[[stage:plan]]'))).toBe('Nothing to do.');
    expect(requests.map(({ rule }) => rule)).toEqual([0, 1, null]);
  });

  it('goes on by the tool results that the request holds, and stays at the last step', async () => {
    const bash = { name: 'Bash', input: { command: 'ls' } };
    await start([{ when: [], steps: [{ tools: [bash, bash] }, { tools: [bash] }, { text: 'done' }] }]);
    const calls = (all) => all.flatMap(({ content_block: block }) => (block?.type === 'tool_use' ? [block.id] : []));
    const results = (ids) => ids.map((id) => ({ role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'x' }] }));
    const first = calls(await ask('go'));
    expect(first).toHaveLength(2);
    const second = calls(await ask('go', { messages: results(first) }));
    expect(second).toHaveLength(1);
    expect(textOf(await ask('go', { messages: results([...first, ...second]) }))).toBe('done');
    expect(textOf(await ask('go', { messages: results(['toolu_9_0_x']) }))).toBe('done');
  });

  it('goes on by the outputs of function calls and of custom tools', async () => {
    await start([
      {
        when: [],
        steps: [
          {
            tools: [
              { name: 'exec_command', input: { cmd: 'ls' } },
              { name: 'apply_patch', input: '*** Begin' },
            ],
          },
          { text: 'done' },
        ],
      },
    ]);
    const items = (await events('/v1/responses', { input: [] })).flatMap(({ item }) => (item === undefined ? [] : [item]));
    expect(items).toMatchObject([
      { type: 'function_call', name: 'exec_command', arguments: '{"cmd":"ls"}' },
      { type: 'custom_tool_call', name: 'apply_patch', input: '*** Begin' },
    ]);
    const input = items.map(({ call_id: id, type }) => ({ type: `${type}_output`, call_id: id, output: 'x' }));
    expect(textOf(await events('/v1/responses', { input }))).toBe('done');
  });

  it.each([
    ['Claude Code', 'Primary working directory: /tmp/a b\n - more'],
    ['Codex', 'x <cwd>/tmp/a b</cwd>'],
  ])('fills in the working directory as %s tells it', async (_, prompt) => {
    await start([{ when: [], steps: [{ text: '{cwd}/file' }] }]);
    expect(textOf(await ask(prompt))).toBe('/tmp/a b/file');
  });

  it('gives a structured answer by the tool that asks for it, and as text without one', async () => {
    await start([{ when: [], steps: [{ json: { verdict: 'approve' } }] }]);
    const asTool = await ask('go', { tools: [{ name: 'StructuredOutput' }] });
    expect(asTool.find(({ delta }) => delta?.partial_json)?.delta.partial_json).toBe('{"verdict":"approve"}');
    expect(textOf(await ask('go'))).toBe('{"verdict":"approve"}');
  });

  it('refuses a strict schema with an optional property', async () => {
    await start([]);
    const schema = { type: 'object', properties: { a: { type: 'string' } }, required: [], additionalProperties: false };
    const [failed] = await events('/v1/responses', { input: [], text: { format: { type: 'json_schema', strict: true, schema } } });
    expect(failed).toMatchObject({ type: 'response.failed', response: { error: { message: '$: "required" lacks a' } } });
  });

  it('refuses with a status, and says when to come back', async () => {
    await start([{ when: [], steps: [{ status: 429, error: { type: 'rate_limit_error' }, retryAfterSeconds: 3 }] }]);
    const response = await post('/v1/messages', { messages: [] });
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '3']);
    expect(await response.json()).toMatchObject({ error: { type: 'rate_limit_error' } });
  });

  it('breaks a stream off, and sends events that are no JSON', async () => {
    await start([
      { when: ['cut'], steps: [{ text: 'never', fault: 'cut' }] },
      { when: ['garbled'], steps: [{ text: 'never', fault: 'garbled' }] },
    ]);
    await expect(ask('cut')).rejects.toThrow('terminated');
    await expect(ask('garbled')).rejects.toThrow(SyntaxError);
  });

  it('never answers where it hangs', async () => {
    await start([{ when: [], steps: [{ fault: 'hang' }] }]);
    const asked = fetch(`${model.url}/v1/messages`, { method: 'POST', body: '{"messages":[]}', signal: AbortSignal.timeout(300) });
    await expect(asked).rejects.toThrow('timeout');
  });

  it('records what it has no answer for', async () => {
    await start([]);
    expect((await fetch(`${model.url}/api/hello`)).status).toBe(404);
    expect(requests).toEqual([{ method: 'GET', path: '/api/hello' }]);
  });
});
