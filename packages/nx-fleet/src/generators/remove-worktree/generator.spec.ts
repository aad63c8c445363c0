import { removalWaves } from './generator.js';

const waves = (blockers: Readonly<Record<string, readonly string[]>>): readonly (readonly string[])[] =>
  removalWaves(
    Object.entries(blockers).map(([project, blockedBy]) => ({ project, blockedBy: [...blockedBy] })),
    (item) => item,
  ).map((wave) => wave.map(({ project }) => project));

describe('the order in which issues are removed', () => {
  it('is none where nobody waits', () => {
    expect(waves({})).toEqual([]);
    expect(waves({ a: [], b: ['elsewhere'] })).toEqual([['a', 'b']]);
  });

  it('begins with those that nobody waits for', () => {
    expect(waves({ a: [], b: ['a'], c: ['b', 'a'], d: [] })).toEqual([['c', 'd'], ['b'], ['a']]);
  });

  it('ends where issues wait for each other', () => {
    expect(waves({ a: ['b'], b: ['a'], c: ['a'] })).toEqual([['c'], ['a', 'b']]);
  });
});
