import { normalizeOptions } from './normalize-options.js';

describe('the options of the ci generator', () => {
  it('take the default branch of origin without its remote', () => {
    expect(normalizeOptions({ provider: 'github' }, 'origin/trunk')).toEqual({
      provider: 'github',
      label: 'nx-fleet',
      base: 'trunk',
      overwrite: false,
    });
  });

  it('prefer the branch that is named', () => {
    expect(normalizeOptions({ provider: 'gitlab', base: 'release/2.x' }, 'origin/main').base).toBe('release/2.x');
  });

  it('are refused without a branch, with what to do', () => {
    expect(() => normalizeOptions({ provider: 'github' }, null)).toThrow('The default branch is unknown. Name it, as in --base=main');
  });

  it.each(["it's", 'a"b', '${{ secrets.X }}', 'a\nb', '', '*'])('refuse the label %j, which would be read as something else', (label) => {
    expect(() => normalizeOptions({ provider: 'github', label }, 'main')).toThrow('--label=');
  });

  it.each(['$(id)', '-x', 'a b', 'main"', '**'])('refuse the branch %j', (base) => {
    expect(() => normalizeOptions({ provider: 'github', base }, null)).toThrow('--base=');
  });
});
