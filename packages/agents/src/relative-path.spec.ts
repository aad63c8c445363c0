import { relativePath } from './relative-path.js';

describe('relativePath', () => {
  it.each([
    ['/work/src/a.ts', 'src/a.ts'],
    ['/work/..a', '..a'],
    ['/work', '/work'],
    ['/workshop/a.ts', '/workshop/a.ts'],
    ['/etc/hosts', '/etc/hosts'],
    ['src/a.ts', 'src/a.ts'],
  ])('shows %s as %s', (path, shown) => {
    expect(relativePath('/work', path)).toBe(shown);
  });
});
