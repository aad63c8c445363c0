import { showControls } from './show-controls.js';

describe('control characters in a diff', () => {
  it.each([
    ['an escape sequence', '+`\u001B]0;${evil()}\u0007`', '+`␛]0;${evil()}␇`'],
    ['what looks like an end of line', '+// x\r-gone', '+// x␍-gone'],
    ['a byte that removes', '+ab\b\u007F', '+ab␈␡'],
    ['no tab and no end of line', '+\ta\r\n b\n', '+\ta\r\n b\n'],
  ])('are shown: %s', (_, diff, shown) => {
    expect(showControls(diff)).toBe(shown);
  });
});
