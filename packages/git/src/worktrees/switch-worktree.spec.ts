import { existsSync } from 'node:fs';
import { readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@nx-fleet/core';
import { createTestRepository, type TestRepository } from '../testing/repository.fixture.js';

const DEAD = JSON.stringify({ id: '0123456789abcdef', pid: 2 ** 22 + 1, startedAt: null, host: hostname() });

describe('switchWorktree', () => {
  let repository: TestRepository;
  let worktree: string;
  beforeEach(async () => {
    repository = await createTestRepository();
    await repository.commit('more', { 'same.txt': 'same\n', 'old.txt': 'old\n', 'changed.txt': '1\n' });
    worktree = join(repository.folder, 'spare');
    await repository.git.addDetachedWorktree(worktree, 'main');
    await repository.git.checkoutWorktree(worktree);
    await repository.run(['rm', '-q', 'old.txt']);
    await repository.commit('later', { 'changed.txt': '2\n', 'new.txt': 'new\n' });
    await repository.git.createBranch('issue/1', 'main');
  });
  afterEach(() => repository.remove());
  const registration = () => join(repository.path, '.git', 'worktrees', 'spare');
  const expectSwitched = async () => {
    await repository.git.switchWorktree(worktree, 'issue/1');
    expect([await repository.git.currentBranch(worktree), await repository.git.dirtyPaths(worktree)]).toEqual(['issue/1', []]);
    expect([await readFile(join(worktree, 'changed.txt'), 'utf8'), existsSync(join(worktree, 'old.txt'))]).toEqual(['2\n', false]);
  };

  it('writes the files that differ and no other', async () => {
    const before = await stat(join(worktree, 'same.txt'), { bigint: true });
    await expectSwitched();
    const after = await stat(join(worktree, 'same.txt'), { bigint: true });
    expect([after.ino, after.ctimeNs]).toEqual([before.ino, before.ctimeNs]);
    await expectSwitched();
  });

  it('switches a spare with a file that only line ends make different', async () => {
    await repository.write('same.txt', 'same\r\n');
    await repository.commit('crlf', {});
    await repository.write('.gitattributes', '*.txt text eol=lf\n');
    await repository.run(['add', '.gitattributes']);
    await repository.run(['commit', '-q', '-m', 'rule']);
    const spare = join(repository.folder, 'other');
    await repository.git.addDetachedWorktree(spare, 'main');
    await repository.git.checkoutWorktree(spare);
    await utimes(join(spare, 'same.txt'), 0, 0);
    await repository.run(['add', '--renormalize', '.']);
    await repository.run(['commit', '-q', '-m', 'normalised']);
    await repository.git.createBranch('issue/2', 'main');
    await repository.git.switchWorktree(spare, 'issue/2');
    expect(await readFile(join(spare, 'same.txt'), 'utf8')).toBe('same\n');
    expect(await repository.git.dirtyPaths(spare)).toEqual([]);
  });

  it('only changes HEAD where the branch stands at the very commit, and says so in its log', async () => {
    const tip = await repository.run(['rev-parse', 'HEAD'], worktree);
    await repository.run(['branch', 'issue/2', tip]);
    await writeFile(join(registration(), 'index.lock'), 'no command may need the index');
    await repository.git.switchWorktree(worktree, 'issue/2');
    expect(await repository.run(['symbolic-ref', 'HEAD'], worktree)).toBe('refs/heads/issue/2');
    expect(await repository.run(['rev-parse', 'HEAD'], worktree)).toBe(tip);
    expect(await readFile(join(registration(), 'logs', 'HEAD'), 'utf8')).toContain('switched to issue/2');
  });

  it('runs no hook, and sets no upstream', async () => {
    const marker = join(repository.folder, 'ran');
    await repository.hook('post-checkout', `touch "${marker}"; exit 1`);
    await repository.run(['config', 'branch.autoSetupMerge', 'always']);
    await expectSwitched();
    expect(existsSync(marker)).toBe(false);
    expect(await repository.run(['config', '--get-regexp', '^branch\\.issue']).catch(() => 'none')).toBe('none');
  });

  it('refuses to write over changed files, and keeps them', async () => {
    await writeFile(join(worktree, 'changed.txt'), 'mine\n');
    await expect(repository.git.switchWorktree(worktree, 'issue/1')).rejects.toThrow('git switch failed');
    expect(await readFile(join(worktree, 'changed.txt'), 'utf8')).toBe('mine\n');
    expect(await repository.git.currentBranch(worktree)).toBeNull();
  });

  it('refuses a worktree that is on another branch', async () => {
    await repository.git.createBranch('issue/2', 'main');
    await expectSwitched();
    await expect(repository.git.switchWorktree(worktree, 'issue/2')).rejects.toThrow('is the worktree of branch "issue/1"');
    await expect(repository.git.switchWorktree(repository.path, 'issue/2')).rejects.toBeInstanceOf(UserError);
    await expect(repository.git.switchWorktree(worktree, '--detach')).rejects.toThrow('Branch "--detach" does not exist');
  });

  it('finishes a switch that was killed half-way', async () => {
    await writeFile(join(worktree, 'changed.txt'), '2');
    await writeFile(join(worktree, 'new.txt'), '');
    await writeFile(join(registration(), 'index.lock'), '');
    await writeFile(join(registration(), 'nx-fleet-checkout.lease'), DEAD);
    await expectSwitched();
  });

  it('keeps what somebody did after a switch that was killed behind its end', async () => {
    await expectSwitched();
    await writeFile(join(registration(), 'nx-fleet-checkout.lease'), DEAD);
    await writeFile(join(worktree, 'changed.txt'), 'mine\n');
    await repository.git.switchWorktree(worktree, 'issue/1');
    expect(await readFile(join(worktree, 'changed.txt'), 'utf8')).toBe('mine\n');
  });

  it("leaves another program's index lock alone", async () => {
    await writeFile(join(registration(), 'index.lock'), '');
    await expect(repository.git.switchWorktree(worktree, 'issue/1')).rejects.toThrow(/index\.lock/);
  });
});
