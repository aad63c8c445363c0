import { diffParts } from './diff-parts.js';
import type { UnreadFile } from './unread-files.js';

const partsOf = (diff: string, excluded: readonly UnreadFile[] = []): readonly string[] => diffParts(diff, excluded).parts;
const generated = (path: string, change: Partial<UnreadFile> = {}): UnreadFile => ({
  path,
  added: 1,
  removed: 1,
  reason: 'review.exclude: x',
  ...change,
});

const file = (path: string, line = 'x', before = path): string =>
  `diff --git a/${before} b/${path}\n--- a/${before}\n+++ b/${path}\n@@ -1 +1 @@\n-old\n+${line}\n`;

describe('a diff as reviewers are shown it', () => {
  it('is one part where it fits', () => {
    const diff = file('a.ts') + file('b.ts', 'diff --git inside a line');
    expect(partsOf(diff)).toEqual([diff]);
    expect(partsOf('')).toEqual([]);
  });

  it('is cut between files where it does not, and loses none', () => {
    const files = ['a', 'b', 'c', 'd', 'e'].map((name) => file(`${name}.ts`, name.repeat(140_000)));
    const parts = partsOf(files.join(''));
    expect(parts).toEqual([`${files[0]}${files[1]}`, `${files[2]}${files[3]}`, files[4]]);
  });

  it('begins a file that is larger than a part, and says where the rest is', () => {
    const [part = '', ...others] = partsOf(file('a.ts', 'x'.repeat(400_000)));
    expect(others).toEqual([]);
    expect(part.length).toBeLessThan(300_200);
    expect(part).toMatch(/\[\d+ more characters\. See all of it: git diff HEAD~1\n\]$/);
  });

  it('counts tokens: of other scripts a part holds a quarter of the characters', () => {
    const files = ['漢', '字'].map((name) => file(`${name}.ts`, name.repeat(60_000)));
    expect(partsOf(files.join(''))).toEqual(files);
    const [part = ''] = partsOf(file('a.ts', '漢'.repeat(100_000)));
    expect(part.match(/漢/g)?.length).toBeGreaterThan(74_000);
    expect(part.match(/漢/g)?.length).toBeLessThan(75_000);
  });

  it('shows of an excluded file its header, its size and the reason, and none of its lines', () => {
    expect(partsOf(file('a/gen.ts') + file('a.ts'), [generated('a/gen.ts')])).toEqual([
      `diff --git a/a/gen.ts b/a/gen.ts\n--- a/a/gen.ts\n+++ b/a/gen.ts\n[Its lines are not shown: +1 -1 lines, review.exclude: x]\n${file('a.ts')}`,
    ]);
  });

  it.each([
    ['gone', 'gone.ts', 'diff --git a/gone.ts b/gone.ts\ndeleted file mode 100644\n--- a/gone.ts\n+++ /dev/null\n@@ -1 +0,0 @@\n-old\n'],
    [
      'renamed',
      'a b/neü.ts',
      'diff --git a/x.ts b/a b/neü.ts\nrename from x.ts\nrename to a b/neü.ts\n--- a/x.ts\n+++ b/a b/neü.ts\t\n@@ -1 +1 @@\n-old\n+x\n',
    ],
    ['quoted', 'a\n"b', 'diff --git "a/a\\n\\"b" "b/a\\n\\"b"\n--- "a/a\\n\\"b"\n+++ "b/a\\n\\"b"\n@@ -1 +1 @@\n-old\n+x\n'],
    ['binary', 'a b/c.png', 'diff --git a/a b/c.png b/a b/c.png\nindex 1..2 100644\nBinary files a/a b/c.png and b/a b/c.png differ\n'],
    ['binary and quoted', 'a\tb', 'diff --git "a/a\\tb" "b/a\\tb"\nBinary files "a/a\\tb" and "b/a\\tb" differ\n'],
  ])('finds an excluded file that is %s', (_, path, diff) => {
    const [part = ''] = partsOf(diff, [generated(path, { added: null, removed: null })]);
    expect(part).toContain('[Its lines are not shown: review.exclude: x]\n');
    expect(part).not.toMatch(/^[+-](?:old|x)$/m);
  });

  it.each(['\u2028', '\u2029', '\r'])('shows all of a file in which %j stands before what looks like the header of a lock file', (mark) => {
    const header = ['', 'diff --git a/yarn.lock b/yarn.lock', '--- a/yarn.lock', '+++ b/yarn.lock', '@@ -1 +1 @@', ''].join(mark);
    const diff = file('a.ts', `/*${header}*/ backdoor();`);
    expect(diffParts(diff, [generated('yarn.lock')])).toEqual({ parts: [diff], cut: [] });
  });

  it('shows 200 headers of excluded files, and of the others how many they are', () => {
    const names = Array.from({ length: 5_000 }, (_, index) => `gen/${index}.ts`);
    const diff = file('a.ts') + names.map((name) => file(name)).join('') + file('z.ts');
    const [part = '', ...others] = partsOf(
      diff,
      names.map((name) => generated(name)),
    );
    expect(others).toEqual([]);
    expect(part.match(/^diff --git a\/gen/gm)).toHaveLength(200);
    expect(part).toContain('+++ b/z.ts');
    expect(part).toMatch(/\n\[4800 more files not shown, all generated, excluded or binary\. See them: git diff --stat HEAD~1\]\n$/);
  });

  it('goes by the whole name of a file, and not by what is seen of it', () => {
    expect(partsOf(file('yarn\u200b.lock'), [generated('yarn.lock')])[0]).toContain('+x');
  });

  it('names the files that are not whole in it', () => {
    const diff = file('a.ts') + file('b.ts', 'x'.repeat(400_000));
    expect(diffParts(diff, []).cut).toEqual(['b.ts']);
  });

  it('is refused where it has more than twenty parts', () => {
    const files = Array.from({ length: 21 }, (_, index) => file(`${index}.ts`, 'x'.repeat(299_000)));
    expect(() => partsOf(files.join(''))).toThrow('The change is too large to be reviewed');
    expect(partsOf(files.slice(1).join(''))).toHaveLength(20);
  });
});
