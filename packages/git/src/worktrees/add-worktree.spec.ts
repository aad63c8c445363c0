import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@nx-fleet/core';
import { createGit } from '../create-git.js';
import { createTestRepository, type TestRepository } from '../testing/repository.fixture.js';

describe('addWorktree', () => {
  let repository: TestRepository;
  let linked: string;
  beforeEach(async () => {
    repository = await createTestRepository();
    linked = join(repository.folder, 'work trees', 'issue 1');
    await repository.git.createBranch('issue/1', 'HEAD');
  });
  afterEach(() => repository.remove());
  const registration = () => join(repository.path, '.git', 'worktrees', 'issue-1');

  it('registers a worktree without files, and fills it in a second step', async () => {
    await repository.git.addWorktree(linked, 'issue/1');
    expect(await readdir(linked)).toEqual(['.git']);
    await repository.git.checkoutWorktree(linked);
    expect(await repository.git.dirtyPaths(linked)).toEqual([]);
    expect(await repository.git.currentBranch(linked)).toBe('issue/1');
    expect(await repository.git.listWorktrees()).toEqual([
      { path: repository.path, head: await repository.run(['rev-parse', 'HEAD']), branch: 'main', locked: false },
      { path: linked, head: await repository.run(['rev-parse', 'HEAD']), branch: 'issue/1', locked: false },
    ]);
  });

  it('does nothing the second time, work in it included', async () => {
    await repository.git.addWorktree(linked, 'issue/1');
    await repository.git.checkoutWorktree(linked);
    await writeFile(join(linked, 'work.txt'), 'work');
    await writeFile(join(linked, 'readme.md'), 'mine');
    await repository.git.addWorktree(linked, 'issue/1');
    await repository.git.checkoutWorktree(linked);
    expect(await repository.git.dirtyPaths(linked)).toEqual(['readme.md', 'work.txt']);
    expect(await readFile(join(linked, 'readme.md'), 'utf8')).toBe('mine');
  });

  it('runs no hook', async () => {
    const marker = join(repository.folder, 'ran');
    for (const name of ['post-checkout', 'reference-transaction', 'post-index-change']) {
      await repository.hook(name, `touch "${marker}"; exit 1`);
    }
    await repository.git.addWorktree(linked, 'issue/1');
    await repository.git.checkoutWorktree(linked);
    expect(existsSync(marker)).toBe(false);
    expect(existsSync(join(linked, 'readme.md'))).toBe(true);
  });

  it('sets no upstream, although the user asks git to', async () => {
    await repository.run(['config', 'branch.autoSetupMerge', 'always']);
    await repository.git.addWorktree(linked, 'issue/1');
    expect(await repository.run(['config', '--get-regexp', '^branch\\.issue'], linked).catch(() => 'none')).toBe('none');
  });

  it('acts on the main repository when opened in a linked worktree', async () => {
    await repository.git.addWorktree(linked, 'issue/1');
    await repository.git.createBranch('issue/2', 'HEAD');
    const second = join(repository.folder, 'second');
    await createGit(linked, { env: repository.environment }).addWorktree(second, 'issue/2');
    const paths = (await repository.git.listWorktrees()).map((entry) => entry.path);
    expect(new Set(paths)).toEqual(new Set([repository.path, linked, second]));
  });

  it('refuses a branch that is checked out elsewhere, and names the place', async () => {
    await repository.git.addWorktree(linked, 'issue/1');
    const refused = repository.git.addWorktree(join(repository.folder, 'second'), 'issue/1');
    await expect(refused).rejects.toThrow(`Branch "issue/1" is checked out in "${linked}".`);
    await expect(refused).rejects.toBeInstanceOf(UserError);
    await expect(repository.git.addWorktree(join(repository.folder, 'third'), 'main')).rejects.toThrow(`in "${repository.path}"`);
  });

  it('refuses a folder with something in it, and keeps it', async () => {
    await mkdir(linked, { recursive: true });
    await writeFile(join(linked, 'precious.txt'), 'x');
    await expect(repository.git.addWorktree(linked, 'issue/1')).rejects.toThrow(`"${linked}" exists and is not a worktree`);
    expect(await readFile(join(linked, 'precious.txt'), 'utf8')).toBe('x');
    await expect(repository.git.addWorktree(join(linked, 'precious.txt'), 'issue/1')).rejects.toBeInstanceOf(UserError);
  });

  it('takes an empty folder', async () => {
    await mkdir(linked, { recursive: true });
    await repository.git.addWorktree(linked, 'issue/1');
    expect(await repository.git.currentBranch(linked)).toBe('issue/1');
  });

  it("refuses another branch's worktree at the same path", async () => {
    await repository.git.createBranch('issue/2', 'HEAD');
    await repository.git.addWorktree(linked, 'issue/1');
    await expect(repository.git.addWorktree(linked, 'issue/2')).rejects.toThrow('is the worktree of branch "issue/1"');
  });

  it('refuses a branch that is not there, or would be an option, or a relative path', async () => {
    await expect(repository.git.addWorktree(linked, 'nope')).rejects.toThrow('Branch "nope" does not exist');
    await expect(repository.git.addWorktree(linked, '--detach')).rejects.toThrow('Branch "--detach" does not exist');
    await expect(repository.git.addWorktree('linked', 'issue/1')).rejects.toThrow('not an absolute path');
  });

  describe('after a crash', () => {
    beforeEach(() => repository.git.addWorktree(linked, 'issue/1'));
    const expectWhole = async () => {
      await repository.git.addWorktree(linked, 'issue/1');
      await repository.git.checkoutWorktree(linked);
      expect(await repository.git.dirtyPaths(linked)).toEqual([]);
      expect(await repository.git.listWorktrees()).toHaveLength(2);
    };

    it('makes a worktree anew that git had not finished', async () => {
      await writeFile(join(registration(), 'locked'), 'initializing\n');
      await writeFile(join(registration(), 'index.lock'), '');
      await writeFile(join(linked, 'readme.md'), 'half');
      await expectWhole();
    });

    it('makes a worktree anew whose folder is gone', async () => {
      await rm(linked, { recursive: true });
      await expectWhole();
    });

    it('makes a worktree anew whose folder is gone before git had finished', async () => {
      await writeFile(join(registration(), 'locked'), 'initializing\n');
      await rm(linked, { recursive: true });
      await expectWhole();
    });

    it.each(['HEAD', 'commondir'])('makes a worktree anew whose registration has an empty %s', async (file) => {
      await writeFile(join(registration(), 'locked'), 'initializing\n');
      await writeFile(join(registration(), file), '');
      await expectWhole();
    });

    it('clears the lock of a checkout that was killed', async () => {
      await writeFile(join(registration(), 'index.lock'), '');
      const dead = { id: '0123456789abcdef', pid: 2 ** 22 + 1, startedAt: null, host: hostname() };
      await writeFile(join(registration(), 'nx-fleet-checkout.lease'), JSON.stringify(dead));
      await expectWhole();
    });

    it('clears a registration that a crash left of another worktree', async () => {
      await writeFile(join(registration(), 'locked'), 'initializing\n');
      await writeFile(join(registration(), 'commondir'), '');
      const dead = { id: '0123456789abcdef', pid: 2 ** 22 + 1, startedAt: null, host: hostname() };
      await writeFile(join(repository.path, '.git', 'nx-fleet', 'worktree.lease'), JSON.stringify(dead));
      await repository.git.createBranch('issue/2', 'HEAD');
      const second = join(repository.folder, 'second');
      await repository.git.addWorktree(second, 'issue/2');
      expect(await repository.git.currentBranch(second)).toBe('issue/2');
    });

    it("leaves another program's index lock alone, and says so", async () => {
      await writeFile(join(registration(), 'index.lock'), '');
      await expect(repository.git.checkoutWorktree(linked)).rejects.toThrow(/index\.lock/);
    });

    it('refuses to make a worktree anew that lost its .git file and holds work', async () => {
      await writeFile(join(linked, 'work.txt'), 'work');
      await rm(join(linked, '.git'));
      await expect(repository.git.addWorktree(linked, 'issue/1')).rejects.toThrow('has lost its .git file');
      expect(await readFile(join(linked, 'work.txt'), 'utf8')).toBe('work');
    });

    it('refuses to make a worktree anew that its user locked and whose folder is away', async () => {
      await repository.run(['worktree', 'lock', '--reason', 'on a disk', linked]);
      await rm(linked, { recursive: true });
      await expect(repository.git.addWorktree(linked, 'issue/1')).rejects.toThrow('is locked and its folder is missing');
    });
  });
});
