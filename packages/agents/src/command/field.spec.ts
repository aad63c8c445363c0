import { createField } from './field.js';

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
