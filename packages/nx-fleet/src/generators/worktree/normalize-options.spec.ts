import { UserError } from '@nx-fleet/core';
import { issueReferences, normalizeOptions } from './normalize-options.js';

describe('issue references', () => {
  it.each([
    [42, ['42']],
    ['42,PROJ-7', ['42', 'PROJ-7']],
    [
      [42, 'docs/a.md'],
      ['42', 'docs/a.md'],
    ],
    ['#42, 42', ['42']],
    [' , ', []],
  ])('reads %j', (option, expected) => {
    expect(issueReferences(option)).toEqual(expected);
  });
});

describe('worktree options', () => {
  it('leaves blockers to the tracker unless they are given', () => {
    expect(normalizeOptions({ issue: 42 }).after).toBeNull();
    expect(normalizeOptions({ issue: 42, after: 41 }).after).toEqual(['41']);
    expect(normalizeOptions({ issue: 42, after: 'none' }).after).toEqual([]);
  });

  it('refuses one branch for several issues', () => {
    expect(() => normalizeOptions({ issue: '1,2', branch: 'mine' })).toThrow(UserError);
  });

  it('names pull requests as issues are named', () => {
    expect(normalizeOptions({ pr: 12 }).references).toEqual(['pr-12']);
    expect(normalizeOptions({ issue: 42, pr: '12, #13, PR-14' }).references).toEqual(['42', 'pr-12', 'pr-13', 'pr-14']);
    expect(normalizeOptions({ issue: 'pr-12', pr: 12 }).references).toEqual(['pr-12']);
  });

  it.each(['main', '0', '1.5', '-1', '12a'])('refuses "%s" as the number of a pull request', (pr) => {
    expect(() => normalizeOptions({ pr })).toThrow(`--pr="${pr}" is not a pull request number. Use --pr=12.`);
  });

  it('uses one checkout for one issue', () => {
    expect(normalizeOptions({ issue: 42 }).here).toBe(false);
    expect(normalizeOptions({ issue: 42, here: true }).here).toBe(true);
    expect(() => normalizeOptions({ issue: '1,2', here: true })).toThrow('--here uses one checkout, and 2 issues are given.');
  });

  it('takes the 0 that Nx makes of an empty option for none', () => {
    expect(() => normalizeOptions({ issue: 0 })).toThrow('No issue is given');
    expect(normalizeOptions({ issue: [0, 7] }).references).toEqual(['7']);
    expect(() => normalizeOptions({ issue: 7, after: 0 })).toThrow('--after names no issue.');
  });

  it('refuses no issue at all', () => {
    expect(() => normalizeOptions({ issue: ' ' })).toThrow('No issue is given');
  });
});
