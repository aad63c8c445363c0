import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@nx-fleet/core';
import { createGit } from '../create-git.js';
import { createTestRepository, testEnvironment, type TestRepository } from '../testing/repository.fixture.js';

describe('locate', () => {
  let repository: TestRepository;
  beforeEach(async () => {
    repository = await createTestRepository('ma in');
  });
  afterEach(() => repository.remove());
  const open = (directory: string) => createGit(directory, { env: repository.environment });

  it('finds the main worktree from a sub-folder, and through a symbolic link', async () => {
    await mkdir(join(repository.path, 'a', 'b'), { recursive: true });
    await symlink(repository.path, join(repository.folder, 'link'));
    const expected = { mainWorktree: repository.path, currentWorktree: repository.path, commonDirectory: join(repository.path, '.git') };
    expect(await open(join(repository.path, 'a', 'b')).locate()).toEqual(expected);
    expect(await open(join(repository.folder, 'link')).locate()).toEqual(expected);
  });

  it('tells the linked worktree from the main one', async () => {
    const linked = join(repository.folder, 'linked');
    await repository.run(['worktree', 'add', '-q', '-b', 'other', linked]);
    expect(await open(linked).locate()).toEqual({
      mainWorktree: repository.path,
      currentWorktree: linked,
      commonDirectory: join(repository.path, '.git'),
    });
  });

  it('refuses a folder in no repository, and says how to make one', async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'git-spec-')));
    const located = createGit(folder, { env: testEnvironment(folder) }).locate();
    await expect(located).rejects.toThrow(
      new UserError(`"${folder}" is not inside a git repository. Run git init and make a first commit.`),
    );
    await expect(located).rejects.toBeInstanceOf(UserError);
    await rm(folder, { recursive: true });
  });

  it('refuses a missing folder', async () => {
    await expect(open(join(repository.folder, 'nowhere')).locate()).rejects.toBeInstanceOf(UserError);
  });

  describe('in a bare repository', () => {
    let bare: string;
    let main: string;
    let other: string;
    beforeEach(async () => {
      // Both layouts: `<name>.git` beside its worktrees, and `.bare` in a folder whose `.git` file points to it.
      bare = join(repository.folder, 'project', '.bare');
      [main, other] = [join(repository.folder, 'project', 'main'), join(repository.folder, 'project', 'other')];
      await repository.run(['clone', '-q', '--bare', repository.path, bare]);
      await writeFile(join(repository.folder, 'project', '.git'), 'gitdir: ./.bare\n');
      await repository.run(['worktree', 'add', '-q', '-b', 'other', other], bare);
    });

    it('takes the worktree that it was started in for the main one, or that of the default branch', async () => {
      expect(await open(other).locate()).toEqual({ mainWorktree: other, currentWorktree: other, commonDirectory: bare });
      await repository.run(['worktree', 'add', '-q', main, 'main'], bare);
      expect(await open(other).locate()).toEqual({ mainWorktree: main, currentWorktree: other, commonDirectory: bare });
      const git = open(other);
      expect((await git.listWorktrees()).map(({ path }) => path)).toEqual([main, other]);
      expect(await git.defaultBranch()).toBe('main');
      await rm(main, { recursive: true });
      expect((await open(other).locate()).mainWorktree).toBe(other);
    });

    it('makes, moves, switches and removes worktrees there', async () => {
      const git = open(other);
      const [spare, issue] = [join(repository.folder, 'project', 'spare'), join(repository.folder, 'project', 'issue 1')];
      await git.addDetachedWorktree(spare, 'main');
      await git.checkoutWorktree(spare);
      await git.createBranch('issue/1', 'main');
      expect(await git.moveWorktree(spare, issue)).toBe(true);
      await git.switchWorktree(issue, 'issue/1');
      expect([await git.currentBranch(issue), await git.dirtyPaths(issue)]).toEqual(['issue/1', []]);
      await git.removeWorktree(issue);
      await expect(git.removeWorktree(other)).rejects.toThrow('holds the main worktree');
      expect((await git.listWorktrees()).map(({ path }) => path)).toEqual([other]);
    });

    it('names the tracked default branch once branches are tracked', async () => {
      await repository.run(['config', 'remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*'], bare);
      await repository.run(['branch', 'more']);
      await repository.run(['fetch', '-q'], bare);
      expect(await open(other).defaultBranch()).toBe('origin/main');
    });

    it('refuses the bare folder itself, and names a worktree of it', async () => {
      for (const folder of [bare, join(repository.folder, 'project')]) {
        await expect(open(folder).locate()).rejects.toThrow(
          new UserError(
            `"${folder}" belongs to a bare repository, which has no files. Run this in one of its worktrees, such as "${other}".`,
          ),
        );
        await expect(open(folder).locate()).rejects.toBeInstanceOf(UserError);
      }
    });
  });

  it('refuses the .git folder itself', async () => {
    await expect(open(join(repository.path, '.git')).locate()).rejects.toBeInstanceOf(UserError);
  });

  it("passes on git's words about a repository that it does not want", async () => {
    await writeFile(join(repository.path, '.git', 'config'), '[core\n');
    const located = open(repository.path).locate();
    await expect(located).rejects.toThrow(/bad config/);
    await expect(located).rejects.not.toBeInstanceOf(UserError);
  });

  it('says that git is missing', async () => {
    const git = createGit(repository.path, { env: { PATH: repository.folder } });
    await expect(git.locate()).rejects.toThrow(new UserError('"git" was not found on the PATH. Install git 2.38 or newer.'));
  });

  it.each([
    ['2.37.9', 'git "2.37" is too old. Install git 2.38 or newer.'],
    ['1.99.0', 'git "1.99" is too old. Install git 2.38 or newer.'],
    ['2.38.0 (Apple Git-154)', null],
    ['3.0.rc1', null],
  ])('wants git 2.38, and finds %s', async (version, message) => {
    const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    const text = `#!/bin/sh\ncase " $* " in *" version "*) echo "git version ${version}" ;; *) exec "${real}" "$@" ;; esac\n`;
    await writeFile(join(repository.folder, 'git'), text, { mode: 0o755 });
    const git = createGit(repository.path, { env: { PATH: `${repository.folder}:${process.env['PATH']}` } });
    const answer = await git.locate().then(
      () => null,
      (error: unknown) => (error as UserError).message,
    );
    expect(answer).toBe(message);
  });

  it('finds its own repository when the caller is inside of another git command', async () => {
    const other = join(repository.folder, 'other');
    execFileSync('git', ['init', '-q', other]);
    const env = { ...repository.environment, GIT_DIR: join(other, '.git'), GIT_WORK_TREE: other, GIT_INDEX_FILE: '/nowhere' };
    expect((await createGit(repository.path, { env }).locate()).mainWorktree).toBe(repository.path);
  });
});
