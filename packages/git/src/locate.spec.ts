import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@nx-fleet/core';
import { createGit } from './create-git.js';
import { createTestRepository, testEnvironment, type TestRepository } from './repository.fixture.js';

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
    await expect(located).rejects.toThrow(new UserError(`"${folder}" is in no git repository. Run git init and make a first commit.`));
    await expect(located).rejects.toBeInstanceOf(UserError);
    await rm(folder, { recursive: true });
  });

  it('refuses a missing folder', async () => {
    await expect(open(join(repository.folder, 'nowhere')).locate()).rejects.toBeInstanceOf(UserError);
  });

  it('refuses a bare repository, and a worktree of one', async () => {
    const bare = join(repository.folder, 'bare.git');
    const linked = join(repository.folder, 'of-bare');
    await repository.run(['clone', '-q', '--bare', repository.path, bare]);
    await repository.run(['worktree', 'add', '-q', '-b', 'other', linked], bare);
    await expect(open(bare).locate()).rejects.toThrow(/bare repository/);
    await expect(open(linked).locate()).rejects.toThrow(/bare repository/);
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

  it('finds its own repository when the caller is inside of another git command', async () => {
    const other = join(repository.folder, 'other');
    execFileSync('git', ['init', '-q', other]);
    const env = { ...repository.environment, GIT_DIR: join(other, '.git'), GIT_WORK_TREE: other, GIT_INDEX_FILE: '/nowhere' };
    expect((await createGit(repository.path, { env }).locate()).mainWorktree).toBe(repository.path);
  });
});
