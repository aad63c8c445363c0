import { isCi } from './is-ci.js';

describe('CI', () => {
  it.each([
    ['true', true],
    ['1', true],
    ['woodpecker', true],
    ['false', false],
    ['FALSE', false],
    ['False', false],
    ['0', false],
    ['', false],
  ])('is %j: %s', (value, expected) => {
    expect(isCi({ CI: value })).toBe(expected);
  });

  it('is not there where nothing says so', () => {
    expect(isCi({})).toBe(false);
  });
});
