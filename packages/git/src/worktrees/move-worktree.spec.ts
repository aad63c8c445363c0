import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@nx-fleet/core';
import { createTestRepository, type TestRepository } from '../testing/repository.fixture.js';

describe('moveWorktree', () => {
  let repository: TestRepository;
  let spare: string;
  let target: string;
  beforeEach(async () => {
    repository = await createTestRepository();
    spare = join(repository.folder, 'spares', 'spare 1');
    target = join(repository.folder, 'work trees', 'issue 1');
    await repository.git.addDetachedWorktree(spare, 'main');
    await repository.git.checkoutWorktree(spare);
  });
  afterEach(() => repository.remove());
  const expectMoved = async () => {
    expect(existsSync(spare)).toBe(false);
    expect((await repository.git.listWorktrees()).map(({ path }) => path)).toEqual([repository.path, target]);
    expect(await repository.git.dirtyPaths(target)).toEqual([]);
    expect(await repository.run(['worktree', 'prune', '--dry-run', '--verbose', '--expire=now'])).toBe('');
  };

  it('takes the whole folder along, ignored files included', async () => {
    await writeFile(join(repository.path, '.git', 'info', 'exclude'), 'node_modules\n');
    await mkdir(join(spare, 'node_modules', 'x'), { recursive: true });
    await writeFile(join(spare, 'node_modules', 'x', 'index.js'), 'x');
    expect(await repository.git.moveWorktree(spare, target)).toBe(true);
    expect(await readFile(join(target, 'node_modules', 'x', 'index.js'), 'utf8')).toBe('x');
    await expectMoved();
  });

  it('finishes a move whose registration was not rewritten', async () => {
    await mkdir(join(repository.folder, 'work trees'));
    await rename(spare, target);
    expect(await repository.git.moveWorktree(spare, target)).toBe(true);
    await expectMoved();
    expect(await repository.git.moveWorktree(spare, target)).toBe(true);
  });

  it('does not take a copy for a moved worktree', async () => {
    await cp(spare, target, { recursive: true });
    await expect(repository.git.moveWorktree(spare, target)).rejects.toBeInstanceOf(UserError);
    expect((await repository.git.listWorktrees()).map(({ path }) => path)).toEqual([repository.path, spare]);
    expect(await repository.git.dirtyPaths(spare)).toEqual([]);
  });

  it('moves nothing that is locked, missing, the main one, half-made, or no worktree', async () => {
    const folder = join(repository.folder, 'folder');
    await mkdir(folder);
    for (const from of [join(repository.folder, 'nowhere'), folder, repository.path]) {
      expect(await repository.git.moveWorktree(from, target)).toBe(false);
    }
    await repository.run(['worktree', 'lock', spare]);
    expect(await repository.git.moveWorktree(spare, target)).toBe(false);
    await repository.run(['worktree', 'unlock', spare]);
    await rm(join(spare, '.git'));
    expect(await repository.git.moveWorktree(spare, target)).toBe(false);
    expect(existsSync(join(repository.path, 'readme.md'))).toBe(true);
    expect(existsSync(target)).toBe(false);
  });

  it('leaves what is at the new place alone', async () => {
    await repository.git.createBranch('issue/1', 'main');
    await repository.git.addWorktree(target, 'issue/1');
    expect(await repository.git.moveWorktree(spare, target)).toBe(false);
    const full = join(repository.folder, 'full');
    await mkdir(full);
    await writeFile(join(full, 'precious.txt'), 'x');
    await expect(repository.git.moveWorktree(spare, full)).rejects.toThrow(`"${full}" exists and is not a worktree`);
    await expect(repository.git.moveWorktree(spare, join(full, 'precious.txt'))).rejects.toBeInstanceOf(UserError);
    expect(await readFile(join(full, 'precious.txt'), 'utf8')).toBe('x');
    expect(await repository.git.dirtyPaths(spare)).toEqual([]);
  });

  it('gives one spare to one of many', async () => {
    const targets = Array.from({ length: 6 }, (_, at) => join(repository.folder, `issue-${at}`));
    const outcomes = await Promise.all(targets.map((to) => repository.git.moveWorktree(spare, to)));
    expect(outcomes.filter((moved) => moved)).toHaveLength(1);
    expect(await repository.git.listWorktrees()).toHaveLength(2);
  });

  it('removes a half-moved worktree with its registration', async () => {
    await mkdir(join(repository.folder, 'work trees'));
    await rename(spare, target);
    await repository.git.removeWorktree(target);
    expect(existsSync(target)).toBe(false);
    expect(await repository.git.listWorktrees()).toHaveLength(1);
  });
});
