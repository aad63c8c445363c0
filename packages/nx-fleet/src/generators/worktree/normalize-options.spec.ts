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

  it('refuses no issue at all', () => {
    expect(() => normalizeOptions({ issue: ' ' })).toThrow('No issue is given');
  });
});
