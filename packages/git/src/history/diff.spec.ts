import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGit } from '../create-git.js';
import { createTestRepository, type TestRepository } from '../testing/repository.fixture.js';

const LONG = Array.from({ length: 30 }, (_, at) => `line ${at}\n`).join('');

describe('diff', () => {
  let repository: TestRepository;
  let base: string;
  beforeEach(async () => {
    repository = await createTestRepository();
    base = await repository.commit('base', { 'a.txt': LONG, 'moved.txt': LONG.toUpperCase(), 'gone.txt': 'gone\n', 'image.bin': 'a\0b' });
  });
  afterEach(() => repository.remove());

  const change = async () => {
    await repository.run(['mv', 'moved.txt', 'new name.txt']);
    await repository.run(['rm', '-q', 'gone.txt']);
    const files = { 'a.txt': LONG.replace('line 7', 'line seven'), 'image.bin': 'c\0d', 'line\nbreak ünï.txt': 'x\n', ':colon': 'x\n' };
    return repository.commit('change', files);
  };

  it('is the same whatever the user has configured, and from every folder', async () => {
    const head = await change();
    const expected = await repository.git.diff(base, head);
    const settings = [
      ['diff.noprefix', 'true'],
      ['diff.mnemonicPrefix', 'true'],
      ['diff.context', '0'],
      ['diff.renames', 'false'],
      ['diff.algorithm', 'patience'],
      ['diff.external', '/bin/false'],
      ['diff.orderFile', '/nowhere'],
      ['diff.suppressBlankEmpty', 'true'],
      ['diff.relative', 'true'],
      ['color.ui', 'always'],
      ['color.diff', 'always'],
      ['core.abbrev', '5'],
      ['core.quotePath', 'true'],
      ['core.pager', 'cat -A'],
    ] as const;
    for (const [key, value] of settings) await repository.run(['config', key, value]);
    expect(await repository.git.diff(base, head)).toBe(expected);
    await repository.write('folder/x.txt', 'x');
    expect(await createGit(join(repository.path, 'folder'), { env: repository.environment }).diff(base, head)).toBe(expected);
  });

  it('shows renames, names binary files only, and takes trees as well as commits', async () => {
    const head = await change();
    const text = await repository.git.diff(base, head);
    expect(text).toContain('diff --git a/a.txt b/a.txt\n');
    expect(text).toContain('-line 7\n+line seven\n');
    expect(text).toContain('rename from moved.txt\nrename to new name.txt\n');
    expect(text).toContain('Binary files a/image.bin and b/image.bin differ\n');
    expect(text).toContain('"b/line\\nbreak ünï.txt"');
    const trees = await repository.run(['rev-parse', `${base}^{tree}`, `${head}^{tree}`]);
    const [baseTree = '', headTree = ''] = trees.split('\n');
    expect(await repository.git.diff(baseTree, headTree)).toBe(text);
    expect(await repository.run(['status', '--porcelain'])).toBe('');
    expect(await repository.git.diff(head, head)).toBe('');
  });

  it('cannot be blinded by attributes of the change, of the work tree or of the user', async () => {
    const head = await repository.commit('hide', { 'a.txt': 'changed\n', '.gitattributes': '* -diff\n' });
    await repository.write('attributes', '* -diff\n');
    await repository.run(['config', 'core.attributesFile', join(repository.path, 'attributes')]);
    expect(await repository.git.diff(base, head)).toContain('+changed\n');
  });

  it('cannot be blinded, or put in another order, by what this clone alone says', async () => {
    const head = await repository.commit('two', { 'a.txt': 'changed\n', 'z.txt': 'new\n' });
    const before = await repository.git.diff(base, head);
    await mkdir(join(repository.path, '.git', 'info'), { recursive: true });
    await writeFile(join(repository.path, '.git', 'info', 'attributes'), '* -diff\n');
    await repository.write('order', 'z.txt\n');
    await repository.run(['config', 'diff.orderFile', join(repository.path, 'order')]);
    expect(await repository.git.diff(base, head)).toBe(before);
    await repository.run(['config', 'diff.orderFile', '/nowhere']);
    expect((await repository.git.changedFiles(base, head)).every(({ binary }) => !binary)).toBe(true);
  });

  it("follows the base's own attributes", async () => {
    const ruled = await repository.commit('rule', { '.gitattributes': '*.lock -diff\n', 'x.lock': 'one\n' });
    const head = await repository.commit('change', { 'x.lock': 'two\n' });
    await repository.run(['rm', '-q', '.gitattributes']);
    expect(await repository.git.diff(ruled, head)).toContain('Binary files a/x.lock and b/x.lock differ');
    expect(await repository.git.changedFiles(ruled, head)).toEqual([{ path: 'x.lock', kind: 'modified', binary: true }]);
  });

  it('counts the lines of text files, also of those that attributes call binary', async () => {
    const ruled = await repository.commit('rule', { '.gitattributes': '* -diff\n', 'x.lock': 'one\n' });
    await repository.run(['mv', 'a.txt', 'b.txt']);
    const head = await repository.commit('change', { 'x.lock': 'two\nthree\n', 'b.txt': `${LONG}more\n`, 'image.bin': 'c\0d' });
    expect([...(await repository.git.lineCounts(ruled, head))]).toEqual([
      ['b.txt', { added: 1, removed: 0 }],
      ['x.lock', { added: 2, removed: 1 }],
    ]);
  });

  it('runs no text conversion and no external program', async () => {
    await repository.commit('attributes', { '.gitattributes': '*.txt diff=evil\n' });
    const ruled = await repository.run(['rev-parse', 'HEAD']);
    await repository.run(['config', 'diff.evil.textconv', 'echo converted']);
    await repository.run(['config', 'diff.evil.command', '/bin/false']);
    const head = await repository.commit('change', { 'a.txt': 'changed\n' });
    expect(await repository.git.diff(ruled, head)).toContain('+changed\n');
  });

  it('lists changed files with their kind', async () => {
    await repository.write('later-link', 'x');
    const head = await change();
    const files = [...(await repository.git.changedFiles(base, head))].toSorted((a, b) => (a.path < b.path ? -1 : 1));
    expect(files).toEqual([
      { path: ':colon', kind: 'added', binary: false },
      { path: 'a.txt', kind: 'modified', binary: false },
      { path: 'gone.txt', kind: 'deleted', binary: false },
      { path: 'image.bin', kind: 'modified', binary: true },
      { path: 'later-link', kind: 'added', binary: false },
      { path: 'line\nbreak ünï.txt', kind: 'added', binary: false },
      { path: 'new name.txt', kind: 'renamed', binary: false },
    ]);
  });

  it('tells a renamed binary file, and a changed mode', async () => {
    const before = await repository.commit('binary', { 'big.bin': `${LONG}\0` });
    await repository.run(['mv', 'big.bin', 'other.bin']);
    await repository.run(['update-index', '--chmod=+x', 'a.txt']);
    const head = await repository.run(['commit-tree', await repository.run(['write-tree']), '-p', before, '-m', 'x']);
    expect(await repository.git.changedFiles(before, head)).toEqual([
      { path: 'a.txt', kind: 'modified', binary: false },
      { path: 'other.bin', kind: 'renamed', binary: true },
    ]);
    const changed = await repository.commit('edit', { 'other.bin': `${LONG}\0more` });
    expect(await repository.git.changedFiles(before, changed)).toContainEqual({ path: 'other.bin', kind: 'renamed', binary: true });
  });

  it('refuses what is no revision', async () => {
    await expect(repository.git.diff('--output=/tmp/x', 'HEAD')).rejects.toThrow('"--output=/tmp/x" is not a tree');
  });
});
