import { createField, extractOutput } from './extract.js';

const jsonl = (...values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join('\n');

describe('extractOutput', () => {
  it('takes text as it is, without the space around it', () => {
    expect(extractOutput('  {"a":1}\n\n', { output: 'text', extract: {} }).answer).toBe('{"a":1}');
  });

  it('finds the parts of one object', () => {
    const extract = { text: 'choices.0.text', inputTokens: 'usage.in', costUsd: 'cost', model: 'model', error: 'error' };
    const stdout = JSON.stringify({ choices: [{ text: 'Hi' }], usage: { in: 7 }, cost: 0.25, model: 'm', error: null }, null, 2);
    expect(extractOutput(stdout, { output: 'json', extract })).toEqual({
      answer: 'Hi',
      error: null,
      errorStatus: null,
      usage: { model: 'm', inputTokens: 7, cachedInputTokens: null, outputTokens: null },
      costUsd: 0.25,
      isFinished: false,
    });
  });

  it('takes for each path the last line that has it, and skips lines that are no object', () => {
    const stdout = `starting\n${jsonl({ text: 'a', n: 1 }, { text: 'b' }, 7, null, { n: null })}\n{"text":`;
    expect(extractOutput(stdout, { output: 'jsonl', extract: { text: 'text', inputTokens: 'n' } })).toMatchObject({
      answer: 'b',
      usage: { inputTokens: 1 },
    });
  });

  it('gives the whole object when no path is set, and an object at the path as JSON', () => {
    expect(extractOutput(jsonl({ a: 1 }, { b: 2 }), { output: 'jsonl', extract: {} }).answer).toBe('{"b":2}');
    expect(extractOutput('{"result":{"ok":true}}', { output: 'json', extract: { text: 'result' } }).answer).toBe('{"ok":true}');
  });

  it('has no answer when the path leads nowhere or only to what every object inherits', () => {
    expect(extractOutput('{}', { output: 'json', extract: { text: 'constructor.name' } }).answer).toBeNull();
    expect(extractOutput('not json', { output: 'json', extract: {} }).answer).toBeNull();
  });

  it.each([-1, 1.5, '3', true])('takes %j for an unknown count', (value) => {
    expect(extractOutput(JSON.stringify({ n: value }), { output: 'json', extract: { inputTokens: 'n' } }).usage.inputTokens).toBeNull();
  });

  it.each([
    [{ error: 'no key' }, 'no key'],
    [{ error: true }, 'true'],
    [{ error: false }, null],
    [{ error: '' }, null],
  ])('reads %j as the error %j', (value, error) => {
    expect(extractOutput(JSON.stringify(value), { output: 'json', extract: { error: 'error' } }).error).toBe(error);
  });
});

type Place = Parameters<typeof createField>[0];

const gathered = (place: Place, ...documents: readonly object[]): unknown => {
  const field = createField(place);
  documents.forEach((document) => field.read(document));
  return field.value();
};
const at = (path: string | string[], more: Partial<Exclude<Place, string>> = {}): Place => ({ path, where: {}, combine: 'last', ...more });

describe('a part of the output', () => {
  it('is the last one that is there and not empty', () => {
    expect(gathered('a.b', { a: { b: 1 } }, { a: { b: 2 } }, { a: 7 }, { a: { b: null } }, { a: { b: '' } })).toBe(2);
    expect(gathered('a')).toBeUndefined();
  });

  it('counts only in the lines that it is looked for in', () => {
    const place = at('text', { where: { type: 'message', 'from.role': 'assistant' } });
    const line = (role: string, text: string) => ({ type: 'message', from: { role }, text });
    expect(gathered(place, line('assistant', 'yes'), line('user', 'no'), { type: 'other', from: { role: 'assistant' }, text: 'no' })).toBe(
      'yes',
    );
  });

  it('is joined of its pieces, from the last line on that begins it anew', () => {
    const place = at('text', { combine: 'join', after: { type: 'tool' } });
    expect(gathered(place, { text: 'I ' }, { text: 'look.' }, { type: 'tool' }, { text: 'He' }, { text: 5 }, { text: 'llo' })).toBe(
      'Hello',
    );
    expect(gathered(place, { text: 'I look.' }, { type: 'tool' })).toBeUndefined();
  });

  it('is added up over lines', () => {
    expect(gathered(at('n', { combine: 'sum' }), { n: 1 }, {}, { n: 2 })).toBe(3);
    expect(gathered(at('n', { combine: 'sum' }), { n: 1 }, { n: '2' })).toBeNaN();
  });

  it('is added up of several paths, one of them subtracted, and unknown when one of them is', () => {
    expect(gathered(at(['total', '-input']), { total: 10, input: 7 })).toBe(3);
    expect(gathered(at(['total', '-input']), { total: 10 })).toBeUndefined();
    expect(gathered(at(['a', 'b'], { combine: 'sum' }), { a: 1, b: 2 }, { a: 3, b: 4 })).toBe(10);
    expect(gathered(at(['a', 'b']), { a: 1, b: 'x' })).toBeNaN();
  });

  it('is nothing that every object inherits', () => {
    expect(gathered('constructor.name', {})).toBeUndefined();
    expect(gathered(at('x', { where: { 'constructor.name': 'Object' } }), { x: 1 })).toBeUndefined();
  });
});
