import { estimateTokens, lengthWithin } from './tokens.js';

describe('tokens of a text', () => {
  it.each([
    ['', 0],
    ['four', 1],
    ['a\n', 0.5],
    ['日本語', 3],
    ['four 日本', 3.25],
    ['𠮷🙂', 2],
  ])('are about those of its scripts: %j', (text, tokens) => {
    expect(estimateTokens(text)).toBe(tokens);
    expect(lengthWithin(text, tokens)).toBe(text.length);
  });

  it.each([
    ['fourfour', 1, 4],
    ['日本語', 2, 2],
    ['ab𠮷𠮷', 1.5, 4],
    ['ab𠮷𠮷', 2, 4],
    ['x', 0, 0],
  ])('give the length of a beginning, which cuts no character: %j within %d', (text, tokens, length) => {
    expect(lengthWithin(text, tokens)).toBe(length);
  });
});
