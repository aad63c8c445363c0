import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestRepository, type TestRepository } from '../testing/repository.fixture.js';

const ODD_NAMES = ['with space', '-leading', 'ünï-✓', 'line\nbreak', 'tab\there', 'quote"s', ' blank ', 'a -> b', ':(top)x', '*'];

describe('the state of a worktree', () => {
  let repository: TestRepository;
  let worktree: string;
  beforeEach(async () => {
    repository = await createTestRepository();
    await repository.commit('rules', { '.gitignore': '*.log\n/out/\n', 'kept.txt': 'a\n', 'gone.txt': 'b\n', 'staged.txt': 'c\n' });
    worktree = repository.path;
  });
  afterEach(() => repository.remove());

  it('names the branch, or null when HEAD is detached', async () => {
    expect(await repository.git.currentBranch(worktree)).toBe('main');
    await repository.run(['checkout', '-q', '--detach']);
    expect(await repository.git.currentBranch(worktree)).toBeNull();
  });

  it('is clean after a commit, whatever is ignored', async () => {
    await repository.write('debug.log', 'x');
    expect(await repository.git.dirtyPaths(worktree)).toEqual([]);
  });

  it('lists changed, staged, deleted, renamed and untracked files, each by its own path', async () => {
    await repository.write('kept.txt', 'changed\n');
    await repository.run(['mv', 'staged.txt', 'moved.txt']);
    await unlink(join(worktree, 'gone.txt'));
    await repository.write('new/deep/file.txt', 'x');
    const dirty = await repository.git.dirtyPaths(worktree);
    expect(dirty.toSorted()).toEqual(['gone.txt', 'kept.txt', 'moved.txt', 'new/deep/file.txt', 'staged.txt']);
  });

  it("does not follow the user's wish to hide untracked files", async () => {
    await repository.run(['config', 'status.showUntrackedFiles', 'no']);
    await repository.write('new.txt', 'x');
    expect(await repository.git.dirtyPaths(worktree)).toEqual(['new.txt']);
  });

  it('gives odd names exactly', async () => {
    for (const name of ODD_NAMES) await repository.write(name, 'x');
    expect((await repository.git.dirtyPaths(worktree)).toSorted()).toEqual(ODD_NAMES.toSorted());
  });

  it('tells which paths are ignored, odd names and missing files included', async () => {
    const paths = ['a.log', 'kept.txt', 'out/x y', 'line\nbreak.log', ':(top)x', '-n', 'ünï.log'];
    expect(await repository.git.ignoredPaths(worktree, paths)).toEqual(['a.log', 'out/x y', 'line\nbreak.log', 'ünï.log']);
    expect(await repository.git.ignoredPaths(worktree, ['kept.txt'])).toEqual([]);
    expect(await repository.git.ignoredPaths(worktree, [])).toEqual([]);
  });

  it('moves branch and files to a commit: untracked files go, ignored ones stay', async () => {
    const before = await repository.run(['rev-parse', 'HEAD']);
    await repository.commit('later', { 'kept.txt': 'later\n', 'later.txt': 'x' });
    await repository.write('untracked/file.txt', 'x');
    await repository.write('debug.log', 'log');
    await repository.git.resetWorktree(worktree, before);
    expect(await repository.git.dirtyPaths(worktree)).toEqual([]);
    expect(await repository.run(['rev-parse', 'main'])).toBe(before);
    expect(await readFile(join(worktree, 'kept.txt'), 'utf8')).toBe('a\n');
    expect(existsSync(join(worktree, 'untracked'))).toBe(false);
    expect(existsSync(join(worktree, 'debug.log'))).toBe(true);
  });

  it('never acts on the worktree around a folder that lost its .git file', async () => {
    const nested = join(worktree, 'out', 'nested');
    await repository.git.createBranch('other', 'HEAD');
    await repository.git.addWorktree(nested, 'other');
    await repository.git.checkoutWorktree(nested);
    await rm(join(nested, '.git'));
    await repository.write('kept.txt', 'precious\n');
    await expect(repository.git.resetWorktree(nested, 'HEAD')).rejects.toThrow('is not a worktree of the repository');
    await expect(repository.git.dirtyPaths(nested)).rejects.toThrow('is not a worktree of the repository');
    await expect(repository.git.commitAll(nested, 'x')).rejects.toThrow('is not a worktree of the repository');
    expect(await readFile(join(worktree, 'kept.txt'), 'utf8')).toBe('precious\n');
  });

  it('never acts on another repository', async () => {
    const other = join(repository.folder, 'other');
    await mkdir(other);
    await repository.run(['init', '-q'], other);
    await expect(repository.git.resetWorktree(other, 'HEAD')).rejects.toThrow('is not a worktree of the repository');
  });

  it('refuses to reset to what is no commit', async () => {
    await expect(repository.git.resetWorktree(worktree, '--soft')).rejects.toThrow('"--soft" is not a commit');
  });

  describe('with folders that forbid their removal', () => {
    const isRoot = process.getuid?.() === 0;
    const itAsRoot = isRoot ? it : it.skip;
    // The superuser may delete everything: only as another user is anything forbidden.
    const become = (user: number): void => void (isRoot && process.seteuid?.(user));
    let mine: TestRepository;
    let inner: string;
    beforeEach(async () => {
      become(65_534);
      mine = await createTestRepository();
      inner = join(mine.path, 'cache', 'inner');
      await mine.write('cache/inner/file.txt', 'x');
      await chmod(inner, 0o555);
    });
    afterEach(async () => {
      become(0);
      await mine.remove();
    });

    it('resets one of its own user away', async () => {
      await mine.git.resetWorktree(mine.path, 'HEAD');
      expect(existsSync(join(mine.path, 'cache'))).toBe(false);
    });

    itAsRoot("names another user's, with the command", async () => {
      become(0);
      await chown(inner, 0, 0);
      become(65_534);
      await expect(mine.git.resetWorktree(mine.path, 'HEAD')).rejects.toThrow(`sudo rm -rf "${mine.path}/cache/"`);
    });
  });
});
