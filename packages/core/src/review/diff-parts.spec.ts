import { diffParts } from './diff-parts.js';

const partsOf = (diff: string): readonly string[] => diffParts(diff).parts;

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

  it.each(['package-lock.json', 'libs/a/yarn.lock', 'web/app.min.js', 'Cargo.lock'])('names %s, and shows none of its lines', (path) => {
    expect(partsOf(file(path))).toEqual([
      `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n[7 lines that a program wrote. See them: git diff HEAD~1]\n`,
    ]);
  });

  it('shows what only sounds like a lock file, and no line of a lock file that is gone', () => {
    expect(partsOf(file('my-package-lock.json.ts'))[0]).toContain('+x');
    expect(partsOf(file('package-lock.json').replace('+++ b/package-lock.json', '+++ /dev/null'))[0]).not.toContain('-old');
  });

  it.each(['\u2028', '\u2029', '\r'])('shows all of a file in which %j stands before what looks like the header of a lock file', (mark) => {
    const header = ['', 'diff --git a/yarn.lock b/yarn.lock', '--- a/yarn.lock', '+++ b/yarn.lock', '@@ -1 +1 @@', ''].join(mark);
    const diff = file('a.ts', `/*${header}*/ backdoor();`);
    expect(diffParts(diff)).toEqual({ parts: [diff], notShown: [] });
  });

  it('goes by the whole name of a file, and not by what is seen of it', () => {
    expect(partsOf(file('yarn\u200b.lock'))[0]).toContain('+x');
    expect(partsOf(file('a b/yarn.lock\t'))[0]).not.toContain('+x');
  });

  it('names the files that are not in it, or not whole', () => {
    const diff = file('a.ts') + file('yarn.lock') + file('b.ts', 'x'.repeat(400_000));
    expect(diffParts(diff).notShown).toEqual(['yarn.lock (written by a program)', 'b.ts (only its beginning)']);
    expect(diffParts(file('a.ts')).notShown).toEqual([]);
  });

  it('is refused where it has more than twenty parts', () => {
    const files = Array.from({ length: 21 }, (_, index) => file(`${index}.ts`, 'x'.repeat(299_000)));
    expect(() => partsOf(files.join(''))).toThrow('The change is too large to be reviewed');
    expect(partsOf(files.slice(1).join(''))).toHaveLength(20);
  });
});
