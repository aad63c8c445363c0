import { existsSync } from 'node:fs';
import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@nx-fleet/core';
import { createTestRepository, type TestRepository } from '../testing/repository.fixture.js';

describe('storing the work of a worktree', () => {
  let repository: TestRepository;
  let base: string;
  beforeEach(async () => {
    repository = await createTestRepository();
    base = await repository.commit('rules', { '.gitignore': '*.log\nnode_modules/\n.env.local\n', 'packages/a/a.txt': 'a\n' });
  });
  afterEach(() => repository.remove());
  const names = async (commit: string | null) => (await repository.run(['ls-tree', '-r', '--name-only', commit ?? ''])).split('\n');
  const hasNoLink = async (commit: string | null) => expect(await repository.run(['ls-tree', '-r', commit ?? ''])).not.toContain('160000');
  const init = async (folder: string, file: string) => {
    await mkdir(join(repository.path, folder), { recursive: true });
    await repository.run(['init', '-q', '-b', 'main'], join(repository.path, folder));
    await repository.write(file, '1\n', join(repository.path, folder));
  };
  const commitIn = async (folder: string) => repository.commit('inner', {}, join(repository.path, folder));
  const commitWork = () => repository.git.commitAll(repository.path, 'Work', { base });
  const capture = () => repository.git.captureWorktree(repository.path, 'Kept', { base });

  describe.each([
    ['without a commit', false],
    ['with a commit', true],
  ])('in a repository inside of it, %s', (_, hasCommit) => {
    beforeEach(async () => {
      await init('packages/new', 'index.js');
      await repository.write('packages/new/.gitignore', 'own\n');
      for (const ignored of ['own', 'debug.log', 'node_modules/x/index.js']) await repository.write(`packages/new/${ignored}`, 'x');
      await init('packages/new/deep/er', 'deep.js');
      await repository.write('packages/a/b.txt', 'b\n');
      if (hasCommit) for (const folder of ['packages/new/deep/er', 'packages/new']) await commitIn(folder);
    });
    const expected = [
      '.gitignore',
      'packages/a/a.txt',
      'packages/a/b.txt',
      'packages/new/.gitignore',
      'packages/new/deep/er/deep.js',
      'packages/new/index.js',
      'readme.md',
    ];

    it('commits its files as files, and is clean then', async () => {
      const commit = await commitWork();
      expect(await names(commit)).toEqual(expected);
      expect(await repository.git.dirtyPaths(repository.path)).toEqual([]);
      await repository.write('packages/new/index.js', '2\n');
      expect(await repository.git.dirtyPaths(repository.path)).toEqual(['packages/new/index.js']);
      expect(await repository.run(['show', `${await commitWork()}:packages/new/index.js`])).toBe('2');
    });

    it('captures its files as files, and leaves it as it is', async () => {
      const commit = await capture();
      expect(await names(commit)).toEqual(expected);
      expect(await repository.git.dirtyPaths(repository.path)).toEqual(['packages/a/b.txt', 'packages/new/']);
    });

    it('does the same where the writer has added and committed it', async () => {
      await repository.run(['-c', 'advice.addEmbeddedRepo=false', 'add', '-A', ...(hasCommit ? [] : ['packages/a'])]);
      await repository.run(['commit', '-q', '-m', 'theirs']);
      expect(await names(await capture())).toEqual(expected);
      expect(await names(await commitWork())).toEqual(expected);
    });

    it('resets it away', async () => {
      await repository.git.resetWorktree(repository.path, base);
      expect(existsSync(join(repository.path, 'packages/new'))).toBe(false);
      expect(await repository.git.dirtyPaths(repository.path)).toEqual([]);
    });
  });

  it('commits the files of a folder that became a repository, and of one whose .git file leads nowhere', async () => {
    await repository.run(['init', '-q', '-b', 'main'], join(repository.path, 'packages/a'));
    await repository.write('packages/a/b.txt', 'b\n');
    await repository.write('broken/.git', 'gitdir: /nowhere\n');
    await repository.write('broken/c.txt', 'c\n');
    const commit = await commitWork();
    expect(await names(commit)).toEqual(['.gitignore', 'broken/c.txt', 'packages/a/a.txt', 'packages/a/b.txt', 'readme.md']);
    await hasNoLink(commit);
  });

  it('puts a repository in the place of a file', async () => {
    await rm(join(repository.path, 'readme.md'));
    await init('readme.md', 'index.md');
    expect(await names(await commitWork())).toContain('readme.md/index.md');
  });

  it('stores no linked worktree that lies inside', async () => {
    await repository.run(['worktree', 'add', '-q', '-b', 'wa', '.claude/worktrees/a']);
    await repository.write('packages/a/b.txt', 'b\n');
    const commit = await commitWork();
    expect(await names(commit)).not.toContain('.claude/worktrees/a/readme.md');
    await hasNoLink(commit);
    await hasNoLink(await capture());
  });

  it('stores files outside of a sparse cone, and deletes none of those that are not there', async () => {
    base = await repository.commit('apps', { 'packages/b/b.txt': 'b\n' });
    await repository.run(['sparse-checkout', 'set', '--cone', 'packages/a']);
    await repository.write('packages/b/new.txt', 'new\n');
    await repository.write('packages/a/new.txt', 'new\n');
    const expected = ['.gitignore', 'packages/a/a.txt', 'packages/a/new.txt', 'packages/b/b.txt', 'packages/b/new.txt', 'readme.md'];
    expect(await names(await capture())).toEqual(expected);
    expect(await names(await commitWork())).toEqual(expected);
    expect(await repository.git.dirtyPaths(repository.path)).toEqual([]);
  });

  it('is not stopped by core.safecrlf', async () => {
    base = await repository.commit('text', { '.gitattributes': '* text=auto\n' });
    await repository.run(['config', 'core.safecrlf', 'true']);
    await repository.write('b.txt', 'one\r\ntwo\r\n');
    expect(await repository.run(['show', `${await capture()}:b.txt`])).toBe('one\ntwo');
    expect(await repository.run(['show', `${await commitWork()}:b.txt`])).toBe('one\ntwo');
    expect(await repository.git.dirtyPaths(repository.path)).toEqual([]);
  });

  describe('where a rule for line ends came after a file', () => {
    beforeEach(async () => {
      await repository.commit('old', { 'old.txt': 'one\r\n', 'other.txt': 'one\r\n' });
      await repository.write('.gitattributes', '*.txt text eol=lf\n');
      await repository.run(['add', '.gitattributes']);
      await repository.run(['commit', '-q', '-m', 'rule']);
      base = await repository.run(['rev-parse', 'HEAD']);
      // git looks into a file again when its time is another.
      for (const file of ['old.txt', 'other.txt']) await utimes(join(repository.path, file), 0, 0);
    });

    it('tells a file that nobody changed from one that somebody did', async () => {
      expect(await repository.run(['status', '--porcelain'])).toContain('old.txt');
      expect(await repository.git.dirtyPaths(repository.path)).toEqual([]);
      expect(await repository.git.convertedPaths(repository.path)).toEqual(['old.txt', 'other.txt']);
      await repository.write('other.txt', 'two\r\n');
      expect(await repository.git.dirtyPaths(repository.path)).toEqual(['other.txt']);
    });

    it('stores only the change, even when the writer has staged the other file', async () => {
      await repository.write('other.txt', 'two\r\n');
      await repository.run(['add', '-A']);
      const commit = await commitWork();
      expect(await repository.run(['diff', '--name-only', base, commit ?? ''])).toBe('other.txt');
      expect(await commitWork()).toBeNull();
      expect(await repository.git.dirtyPaths(repository.path)).toEqual([]);
    });

    it('stores a normalisation that somebody made together with its rule', async () => {
      await repository.write('.gitattributes', '* text=auto eol=lf\n');
      await repository.run(['add', '--renormalize', '.']);
      const commit = await commitWork();
      expect(await repository.run(['diff', '--name-only', base, commit ?? ''])).toBe('.gitattributes\nold.txt\nother.txt');
    });
  });

  it('counts a file as unchanged that a filter would store in another way', async () => {
    await repository.commit('old', { 'old.nb': 'output\n' });
    base = await repository.commit('rule', { '.gitattributes': '*.nb filter=strip\n' });
    await repository.run(['config', 'filter.strip.clean', 'sed s/output/stripped/']);
    await repository.run(['config', 'filter.strip.smudge', 'cat']);
    await utimes(join(repository.path, 'old.nb'), 0, 0);
    expect(await repository.run(['status', '--porcelain'])).toBe(' M old.nb');
    expect(await repository.git.dirtyPaths(repository.path)).toEqual([]);
    expect(await commitWork()).toBeNull();
  });

  it('names what git cannot store and changes nothing; a backup has the rest', async () => {
    await repository.commit('filter', { '.gitattributes': '*.bin filter=broken\n' });
    await repository.run(['config', 'filter.broken.clean', 'false']);
    await repository.run(['config', 'filter.broken.required', 'true']);
    await repository.write('a.bin', 'x');
    await repository.write('b.txt', 'b');
    const before = await repository.run(['status', '--porcelain']);
    await expect(commitWork()).rejects.toThrow(UserError);
    await expect(commitWork()).rejects.toThrow('a.bin');
    expect(await repository.run(['status', '--porcelain'])).toBe(before);
    const kept = await names(await capture());
    expect([kept.includes('a.bin'), kept.includes('b.txt')]).toEqual([false, true]);
  });

  it('takes a lock that a killed git left for what it is', async () => {
    await writeFile(join(repository.path, '.git', 'index.lock'), '');
    await repository.write('b.txt', 'b');
    expect(await names(await commitWork())).toContain('b.txt');
    await writeFile(join(repository.path, '.git', 'index.lock'), '');
    await repository.git.resetWorktree(repository.path, base);
    expect(existsSync(join(repository.path, 'b.txt'))).toBe(false);
  });

  describe.each(['.env.local', 'apps/a [1]/.env.test.local'])('with secrets of ours in %s', (secret) => {
    const scope = () => ({ base, without: ['**/.env*.local'] });
    const stored = async (commit: string) => repository.run(['log', '--format=%H', commit, '--', `:(literal)${secret}`]);
    beforeEach(() => repository.write(secret, 'PASSWORD=x\n'));

    it('stores them nowhere, even when they were added by force', async () => {
      await repository.run(['add', '-f', `:(literal)${secret}`]);
      await repository.write('b.txt', 'b');
      expect(await stored(await repository.git.captureWorktree(repository.path, 'Kept', scope()))).toBe('');
      expect(await stored((await repository.git.commitAll(repository.path, 'Work', scope())) ?? '')).toBe('');
    });

    it('refuses a commit with them, and keeps its other files without it', async () => {
      await repository.run(['add', '-f', `:(literal)${secret}`]);
      await repository.commit('theirs', { 'b.txt': 'b' });
      await expect(repository.git.commitAll(repository.path, 'Work', scope())).rejects.toThrow(secret);
      const kept = await repository.git.captureWorktree(repository.path, 'Kept', scope());
      expect(await stored(kept)).toBe('');
      expect(await names(kept)).toContain('b.txt');
    });

    it('keeps them as the base has them', async () => {
      await repository.run(['add', '-f', `:(literal)${secret}`]);
      base = await repository.commit('tracked', { [secret]: 'A=1\n' });
      await repository.write(secret, 'A=1\nPASSWORD=x\n');
      const kept = await repository.git.captureWorktree(repository.path, 'Kept', scope());
      expect(await repository.run(['show', `${kept}:${secret}`])).toBe('A=1');
    });
  });

  describe('with submodules', () => {
    let inner: string;
    beforeEach(async () => {
      inner = join(repository.folder, 'inner');
      await mkdir(inner);
      await repository.run(['init', '-q', '-b', 'main'], inner);
      await repository.commit('first', { 'file.txt': 'first\n' }, inner);
    });
    const add = (path: string) => repository.run(['-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', inner, path]);

    it('names one that the base does not have, and keeps its files', async () => {
      await add('vendor/inner');
      await expect(commitWork()).rejects.toThrow('"vendor/inner" is a submodule that the base does not have');
      expect(await repository.run(['show', `${await capture()}:vendor/inner/file.txt`])).toBe('first');
    });

    it('moves one of the base to a commit that was pushed', async () => {
      await add('vendor/inner');
      base = await repository.commit('submodule', {});
      await repository.commit('second', { 'file.txt': 'second\n' }, inner);
      await repository.run(['pull', '-q', '--ff-only'], join(repository.path, 'vendor/inner'));
      expect(await repository.run(['diff', '--name-only', base, (await commitWork()) ?? ''])).toBe('vendor/inner');
    });

    it.each([
      ['is uncommitted', false],
      ['is committed and not pushed', true],
    ])('names one with work that %s, keeps its files, and resets it', async (_, isCommitted) => {
      await add('vendor/inner');
      base = await repository.commit('submodule', {});
      const cwd = join(repository.path, 'vendor/inner');
      await repository.write('file.txt', 'mine\n', cwd);
      if (isCommitted) await repository.commit('mine', {}, cwd);
      await expect(commitWork()).rejects.toThrow('"vendor/inner" is a submodule with changes that are not pushed');
      expect(await repository.run(['show', `${await capture()}:vendor/inner/file.txt`])).toBe('mine');
      await repository.git.resetWorktree(repository.path, base);
      expect(await repository.git.dirtyPaths(repository.path)).toEqual([]);
    });
  });

  it('stores odd names of files and folders', async () => {
    await init('odd :(top) *', '-x\n[y]');
    await repository.write('" ', 'x');
    expect(await repository.run(['ls-tree', '-r', '-z', '--name-only', (await commitWork()) ?? ''])).toContain('odd :(top) */-x\n[y]');
  });
});
