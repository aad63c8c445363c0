import { count } from './count.js';

describe('count', () => {
  it.each([
    [0, 'finding', '0 findings'],
    [1, 'finding', '1 finding'],
    [2, 'blocking finding', '2 blocking findings'],
    [1, 'process', '1 process'],
    [3, 'process', '3 processes'],
    [2, 'branch', '2 branches'],
    [2, 'stash entry', '2 stash entries'],
    [2, 'day', '2 days'],
  ])('writes %i of "%s" as "%s"', (number, noun, text) => {
    expect(count(number, noun)).toBe(text);
  });

  it('takes another plural', () => {
    expect([count(1, 'file is', 'files are'), count(2, 'file is', 'files are')]).toEqual(['1 file is', '2 files are']);
  });
});
