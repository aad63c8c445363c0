import { steeringFiles } from './steering.js';
import type { TreeFile } from '../git/git.js';

const file = (path: string, mode = '100644'): TreeFile => ({ path, mode, object: 'a' });

/** What rules lead to. @param contents links begin with `->` */
async function reached(contents: Readonly<Record<string, string>>): Promise<Readonly<Record<string, readonly string[]>>> {
  const files = Object.entries(contents).map(([path, text]) => file(path, text.startsWith('->') ? '120000' : '100644'));
  const found = await steeringFiles('base', files, {
    readFile: async (_, path) => (contents[path]?.startsWith('->') === true ? null : (contents[path] ?? null)),
    readLink: async (_, path) => (contents[path]?.startsWith('->') === true ? contents[path].slice(2) : null),
  });
  return Object.fromEntries(found.map(({ path, folders }) => [path, folders]));
}

describe('what rules lead to', () => {
  it.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['an import', { 'CLAUDE.md': 'Read @docs/style.md, please.', 'docs/style.md': '' }, ['docs/style.md']],
    ['imports of imports', { 'CLAUDE.md': '@docs/a.md', 'docs/a.md': '@b.md', 'docs/b.md': '@../c' }, ['docs/a.md', 'docs/b.md', 'c']],
    ['imports in a circle', { 'CLAUDE.md': '@a.md', 'a.md': '@CLAUDE.md @a.md' }, ['a.md']],
    ['an import of what only a change adds', { 'CLAUDE.md': '(@./local.md)' }, ['local.md']],
    ['a link', { 'CLAUDE.md': '->docs/guide.md', 'docs/guide.md': '@more.md' }, ['docs/guide.md', 'docs/more.md']],
    ['a link to a link', { 'a/AGENTS.md': '->../b.md', 'b.md': '->c.md', 'c.md': '' }, ['b.md', 'c.md']],
    ['a linked folder', { '.claude': '->tools/ai', 'tools/ai/rules/x.md': '@../y.md' }, ['tools/ai', 'tools/ai/y.md']],
    [
      'a way through a linked folder',
      { 'CLAUDE.md': '@docs/x.md', docs: '->book', 'book/x.md': '' },
      ['docs/x.md', 'docs', 'book', 'book/x.md'],
    ],
    ['nothing outside of the repository', { 'CLAUDE.md': '@~/x.md @/etc/x @../../x', '.cursor': '->/tmp/x' }, []],
    ['nothing in an address', { 'CLAUDE.md': 'Mail me@example.com' }, []],
  ])('is %s', async (_, contents, expected) => {
    const found = Object.keys(await reached(contents));
    expect(found.filter((path) => expected.length === 0 || expected.includes(path)).toSorted()).toEqual(expected.toSorted());
  });

  it('is for the folders of these rules', async () => {
    expect(await reached({ 'CLAUDE.md': '@docs/a.md', 'libs/x/AGENTS.md': '@../../docs/a.md', 'docs/a.md': '' })).toEqual({
      'docs/a.md': ['', 'libs/x'],
    });
  });
});
