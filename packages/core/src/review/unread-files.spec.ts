import { readDiff } from './file-diff.js';
import { describeUnread, excludedFiles, type UnreadFile } from './unread-files.js';

const counts = new Map([['y.txt', { added: 3, removed: 2 }]]);
const matches = (path: string, pattern: string): boolean => `/${path}`.endsWith(`/${pattern}`);

function excludedIn(path: string, patterns: readonly string[], marks: Readonly<Record<string, string>> = {}): readonly UnreadFile[] {
  const diffs = readDiff(`diff --git a/x b/x\n--- a/x\n+++ b/${path}\n@@ -1 +1,2 @@\n-old\n+x\n+y\n`);
  const changed = [{ path, kind: 'modified', binary: false }] as const;
  return excludedFiles({ changed, diffs }, { patterns, counts, matches, marks: new Map(Object.entries(marks)) });
}

describe('files whose lines reviewers do not get', () => {
  it.each<readonly [string, readonly string[], string | null]>([
    ['a/yarn.lock', ['x', 'yarn.lock'], 'yarn.lock'],
    ['a/yarn.lock', ['yarn.lock', '!a/yarn.lock'], null],
    ['a/yarn.lock', ['!a/yarn.lock', 'yarn.lock'], 'yarn.lock'],
    ['a/yarn.lock', [], null],
  ])('match a pattern, the last one of those that match: %s by %j', (path, patterns, reason) => {
    expect(excludedIn(path, patterns).map((file) => file.reason)).toEqual(reason === null ? [] : [`review.exclude: ${reason}`]);
  });

  it('have their size and the reason, which is an attribute of the base first', () => {
    const marks = { 'yarn.lock': 'linguist-generated' };
    expect(excludedIn('yarn.lock', ['yarn.lock'], marks)).toEqual([
      { path: 'yarn.lock', added: 2, removed: 1, reason: 'generated: linguist-generated' },
    ]);
  });

  it('are not those that have no lines in the diff: renamed only, or of another mode', () => {
    const diffs = readDiff('diff --git a/yarn.lock b/x/yarn.lock\nrename from yarn.lock\nrename to x/yarn.lock\n');
    const changed = ['x/yarn.lock', 'y/yarn.lock'].map((path) => ({ path, kind: 'modified', binary: false }) as const);
    expect(excludedFiles({ changed, diffs }, { patterns: ['yarn.lock'], counts, matches, marks: new Map() })).toEqual([]);
  });

  it('are all that git takes for binary, though nothing names them: one NUL in a program hides all of it', () => {
    const diffs = readDiff('diff --git a/app.js b/app.js\nBinary files a/app.js and b/app.js differ\n');
    const changed = [{ path: 'app.js', kind: 'modified', binary: true }] as const;
    expect(excludedFiles({ changed, diffs }, { patterns: [], counts, matches, marks: new Map() })).toEqual([
      { path: 'app.js', added: null, removed: null, reason: 'binary' },
    ]);
  });

  it('are binary ones that an attribute names, also by the name before', () => {
    const diffs = readDiff('diff --git a/x.lock b/y.txt\nrename from x.lock\nrename to y.txt\nBinary files a/x.lock and b/y.txt differ\n');
    const changed = ['y.txt', 'z.png'].map((path) => ({ path, kind: 'renamed', binary: true }) as const);
    expect(
      excludedFiles(
        { changed, diffs },
        {
          patterns: [],
          counts,
          matches,
          marks: new Map([
            ['x.lock', '-diff'],
            ['z.png', 'binary'],
          ]),
        },
      ),
    ).toEqual([
      { path: 'y.txt', added: 3, removed: 2, reason: 'generated: -diff' },
      { path: 'z.png', added: null, removed: null, reason: 'generated: binary' },
    ]);
  });
});

describe('describeUnread', () => {
  const unread = (path: string, added: number | null): UnreadFile => ({ path, added, removed: added, reason: 'generated: binary' });

  it('names the largest files and sums up all', () => {
    expect(describeUnread([])).toBeNull();
    expect(describeUnread([unread('a\u001b[1m\n.png', null)])).toBe("Not in the reviewers' prompt: 1 file: a .png (generated: binary)");
    expect(describeUnread([unread('a', null), unread('b', null)])).toMatch(/: 2 files: a \(generated: binary\); b /);
    const many = Array.from({ length: 12 }, (_, index) => unread(`f${index}`, index));
    const text = describeUnread(many);
    expect(text).toMatch(/^Not in the reviewers' prompt: 12 files, \+66 -66 lines: f11 \(\+11 -11 lines, generated: binary\); f10 /);
    expect(text).toMatch(/f2 \([^)]*\) and 2 more$/);
  });
});
