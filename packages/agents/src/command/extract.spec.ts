import { extractOutput } from './extract.js';

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
