import { showControls } from './show-controls.js';

describe('control characters in a diff', () => {
  it.each([
    ['an escape sequence', '+`\u001B]0;${evil()}\u0007`', '+`<U+001B>]0;${evil()}<U+0007>`'],
    ['what looks like an end of line', '+// x\r-gone', '+// x<U+000D>-gone'],
    ['a byte that removes', '+ab\b\u007F', '+ab<U+0008><U+007F>'],
    ['what ends a line elsewhere', '+# a\u0085b\u2028c\u2029d', '+# a<U+0085>b<U+2028>c<U+2029>d'],
    ['no tab and no end of line', '+\ta\r\n b\n', '+\ta\r\n b\n'],
  ])('are shown: %s', (_, diff, shown) => {
    expect(showControls(diff)).toBe(shown);
  });
});
