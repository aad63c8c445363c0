import { parseJson } from './artifact-store.js';

describe('parseJson', () => {
  it.each<readonly [string, unknown]>([
    ['{"a":[1]}', { a: [1] }],
    ['null', null],
    ['"text"', 'text'],
    ['', undefined],
    ['{"a":', undefined],
    ['<html>', undefined],
  ])('reads %j as %j', (text, value) => {
    expect(parseJson(text)).toEqual(value);
  });
});
