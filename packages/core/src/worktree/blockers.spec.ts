import { requireNoCircle } from './blockers.js';

describe('requireNoCircle', () => {
  it('takes issues that wait for others, a shared one and one that is not there', () => {
    const blockedBy = new Map([
      ['a', ['b', 'c']],
      ['b', ['d']],
      ['c', ['d', 'elsewhere']],
      ['d', []],
    ]);
    expect(() => requireNoCircle(blockedBy)).not.toThrow();
  });

  it('names the circle and not the way to it', () => {
    const blockedBy = new Map([
      ['start', ['a']],
      ['a', ['b']],
      ['b', ['a']],
    ]);
    expect(() => requireNoCircle(blockedBy)).toThrow(/^"a" waits for "b" waits for "a": nothing could start\./);
  });

  it('refuses an issue that waits for itself', () => {
    expect(() => requireNoCircle(new Map([['a', ['a']]]))).toThrow(/^"a" waits for "a":/);
  });

  it('is done with a wide and deep net at once', () => {
    const layers = Array.from({ length: 40 }, (_, layer) => [`${layer}-a`, `${layer}-b`]);
    const blockedBy = new Map(layers.flatMap((names, layer) => names.map((name) => [name, layers[layer + 1] ?? []] as const)));
    expect(() => requireNoCircle(blockedBy)).not.toThrow();
  });
});
