import { existsSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestRepository, type TestRepository } from '../testing/repository.fixture.js';

describe('removeWorktree', () => {
  let repository: TestRepository;
  let linked: string;
  beforeEach(async () => {
    repository = await createTestRepository();
    linked = join(repository.folder, 'issue 1');
    await repository.git.createBranch('issue/1', 'HEAD');
    await repository.git.addWorktree(linked, 'issue/1');
    await repository.git.checkoutWorktree(linked);
  });
  afterEach(() => repository.remove());
  const registration = () => join(repository.path, '.git', 'worktrees', 'issue-1');
  const expectGone = async () => {
    await repository.git.removeWorktree(linked);
    expect(existsSync(linked)).toBe(false);
    expect(existsSync(registration())).toBe(false);
    expect(await repository.git.listWorktrees()).toHaveLength(1);
  };

  it('removes a worktree with whatever is in it, and keeps the branch', async () => {
    await writeFile(join(linked, 'untracked.txt'), 'x');
    await writeFile(join(linked, 'readme.md'), 'changed');
    await expectGone();
    expect(await repository.git.readRef('refs/heads/issue/1')).not.toBeNull();
  });

  it('is content when there is none', async () => {
    await expectGone();
    await expectGone();
    await repository.git.removeWorktree(join(repository.folder, 'never', 'was'));
  });

  it('removes a worktree that git had not finished, and one that is locked', async () => {
    await writeFile(join(registration(), 'locked'), 'initializing\n');
    await writeFile(join(registration(), 'index.lock'), '');
    await expectGone();
  });

  it('removes the registration of a folder that is gone', async () => {
    await rm(linked, { recursive: true });
    await writeFile(join(registration(), 'locked'), 'initializing\n');
    await expectGone();
  });

  it('removes a worktree without its .git file', async () => {
    await rm(join(linked, '.git'));
    await expectGone();
  });

  it('removes a worktree whose registration git cannot read', async () => {
    await writeFile(join(registration(), 'commondir'), '');
    await expectGone();
  });

  it('removes the folder of a worktree whose registration is gone', async () => {
    await rm(registration(), { recursive: true });
    await expectGone();
  });

  it('does not follow a symbolic link out of the worktree', async () => {
    const outside = join(repository.folder, 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'precious.txt'), 'x');
    await symlink(outside, join(linked, 'link'));
    await expectGone();
    expect(existsSync(join(outside, 'precious.txt'))).toBe(true);
  });

  it('refuses the main worktree and everything around it', async () => {
    await expect(repository.git.removeWorktree(repository.path)).rejects.toThrow('holds the main worktree');
    await expect(repository.git.removeWorktree(repository.folder)).rejects.toThrow('holds the main worktree');
    await expect(repository.git.removeWorktree(join(repository.path, '.git'))).rejects.toThrow('holds the main worktree');
    expect(existsSync(join(repository.path, 'readme.md'))).toBe(true);
  });

  it('refuses a folder that is no worktree of this repository', async () => {
    const foreign = await createTestRepository();
    const theirs = join(foreign.folder, 'theirs');
    await foreign.run(['worktree', 'add', '-q', '-b', 'x', theirs]);
    await expect(repository.git.removeWorktree(theirs)).rejects.toThrow(`"${theirs}" is not a worktree of this repository`);
    await expect(repository.git.removeWorktree(foreign.path)).rejects.toThrow('is not a worktree of this repository');
    expect(existsSync(join(theirs, 'readme.md'))).toBe(true);
    await foreign.remove();
  });

  it('refuses a worktree that another one lies in', async () => {
    await repository.git.createBranch('issue/2', 'HEAD');
    await repository.git.addWorktree(join(linked, 'inner'), 'issue/2');
    await expect(repository.git.removeWorktree(linked)).rejects.toThrow(`holds the worktree "${join(linked, 'inner')}"`);
  });
});
