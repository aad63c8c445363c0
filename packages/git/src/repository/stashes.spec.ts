import { join } from 'node:path';
import { createTestRepository, type TestRepository } from '../testing/repository.fixture.js';

describe('stashesOn', () => {
  let repository: TestRepository;
  beforeEach(async () => {
    repository = await createTestRepository();
  });
  afterEach(() => repository.remove());

  it('lists the entries of one branch, whichever worktree they were made in', async () => {
    await repository.git.createBranch('issue/1', 'main');
    await repository.git.createBranch('issue/10', 'main');
    const worktrees = { one: join(repository.folder, 'one'), ten: join(repository.folder, 'ten') };
    await repository.git.addWorktree(worktrees.one, 'issue/1');
    await repository.git.addWorktree(worktrees.ten, 'issue/10');
    for (const worktree of [worktrees.one, worktrees.ten]) {
      await repository.git.checkoutWorktree(worktree);
      await repository.write('readme.md', 'changed\n', worktree);
      await repository.run(['stash', '-q'], worktree);
    }
    await repository.write('readme.md', 'again\n', worktrees.one);
    await repository.run(['stash', 'push', '-q', '-m', 'On main: a trick'], worktrees.one);
    expect(await repository.git.stashesOn('issue/1')).toEqual([
      'stash@{0}: On issue/1: On main: a trick',
      expect.stringMatching(/^stash@\{2\}: WIP on issue\/1: [\da-f]+ first$/),
    ]);
    expect(await repository.git.stashesOn('issue/10')).toHaveLength(1);
    expect(await repository.git.stashesOn('main')).toEqual([]);
  });

  it('refuses what is no name of a branch', async () => {
    await expect(repository.git.stashesOn('--all')).rejects.toThrow('is not a branch name');
  });
});
