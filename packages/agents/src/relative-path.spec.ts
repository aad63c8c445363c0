import { relativePath } from './relative-path.js';

describe('relativePath', () => {
  it.each([
    ['/repo/src/a.ts', 'src/a.ts'],
    ['/repo/..a', '..a'],
    ['/repo', '/repo'],
    ['/repository/a.ts', '/repository/a.ts'],
    ['/etc/hosts', '/etc/hosts'],
    ['src/a.ts', 'src/a.ts'],
  ])('shows %s as %s', (path, shown) => {
    expect(relativePath('/repo', path)).toBe(shown);
  });
});
