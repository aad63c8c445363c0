import { join } from 'node:path';
import { createGit } from '../create-git.js';
import { createTestRepository, type TestRepository } from '../testing/repository.fixture.js';

describe('refs', () => {
  let repository: TestRepository;
  let first: string;
  let second: string;
  beforeEach(async () => {
    repository = await createTestRepository();
    first = await repository.run(['rev-parse', 'HEAD']);
    second = await repository.commit('second', { 'a.txt': 'a\n' });
  });
  afterEach(() => repository.remove());

  it('writes, reads, lists and deletes refs', async () => {
    const { git } = repository;
    await git.writeRef('refs/nx-fleet/backup/issue-1/1', first);
    await git.writeRef('refs/nx-fleet/backup/issue-2/1', second);
    await git.writeRef('refs/nx-fleet/other', second);
    expect(await git.readRef('refs/nx-fleet/backup/issue-1/1')).toBe(first);
    expect(await git.readRef('refs/nx-fleet/backup/issue-1')).toBeNull();
    expect(await git.listRefs('refs/nx-fleet/backup/')).toEqual([
      { ref: 'refs/nx-fleet/backup/issue-1/1', commit: first },
      { ref: 'refs/nx-fleet/backup/issue-2/1', commit: second },
    ]);
    await git.deleteRef('refs/nx-fleet/backup/issue-1/1');
    await git.deleteRef('refs/nx-fleet/backup/issue-1/1');
    expect(await git.readRef('refs/nx-fleet/backup/issue-1/1')).toBeNull();
  });

  it.each(['HEAD', '-d', '--stdin', 'main'])('takes "%s" for no ref', async (ref) => {
    await expect(repository.git.writeRef(ref, first)).rejects.toThrow('not a full ref name');
    await expect(repository.git.deleteRef(ref)).rejects.toThrow('not a full ref name');
    expect(await repository.run(['rev-parse', 'main'])).toBe(second);
  });

  it.each([
    ['issue/42-short', true],
    ['ünï', true],
    ['-x', false],
    ['a..b', false],
    ['a b', false],
    ['HEAD', false],
    ['@{-1}', false],
    ['', false],
    ['a\0b', false],
    ['x.lock', false],
  ])('knows whether %j is a name for a branch', async (branch, expected) => {
    await repository.run(['checkout', '-q', '-b', 'previous']);
    expect(await repository.git.isBranchName(branch)).toBe(expected);
  });

  it('creates a branch once, and one of twenty wins a race', async () => {
    await repository.git.createBranch('issue/1', first);
    await expect(repository.git.createBranch('issue/1', second)).rejects.toThrow(/git update-ref failed in/);
    expect(await repository.git.readRef('refs/heads/issue/1')).toBe(first);
    const racers = Array.from({ length: 20 }, () => repository.git.createBranch('issue/2', first));
    const results = await Promise.allSettled(racers);
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  });

  it('refuses a name that git would read as an option', async () => {
    await expect(repository.git.createBranch('-D', first)).rejects.toThrow('"-D" is not a branch name');
  });

  it('deletes a branch only at the expected tip, and never a checked out one', async () => {
    await repository.git.createBranch('issue/1', first);
    await expect(repository.git.deleteBranch('issue/1', second)).rejects.toThrow(/update-ref failed/);
    expect(await repository.git.readRef('refs/heads/issue/1')).toBe(first);
    await repository.git.deleteBranch('issue/1', first);
    await repository.git.deleteBranch('issue/1', first);
    expect(await repository.git.readRef('refs/heads/issue/1')).toBeNull();
    await expect(repository.git.deleteBranch('main', second)).rejects.toThrow(`checked out in "${repository.path}"`);
  });

  it('names the remote-tracking branches that hold a commit, without the alias HEAD', async () => {
    const clone = join(repository.folder, 'clone');
    await repository.run(['branch', 'old', first]);
    await repository.run(['clone', '-q', repository.path, clone]);
    await repository.run(['fetch', '-q', 'origin'], clone);
    const git = createGit(clone, { env: repository.environment });
    expect(await git.remoteBranchesWith(first)).toEqual(['origin/main', 'origin/old']);
    expect(await git.remoteBranchesWith(second)).toEqual(['origin/main']);
    expect(await git.remoteBranchesWith('1'.repeat(40))).toEqual([]);
    expect(await repository.git.remoteBranchesWith(first)).toEqual([]);
  });

  it('finds the branch beside which another cannot exist, packed ones and those of origin too', async () => {
    const { git, run } = repository;
    for (const ref of ['refs/heads/issue', 'refs/heads/release/1', 'refs/heads/Case', 'refs/remotes/origin/far'])
      await run(['update-ref', ref, 'HEAD']);
    await run(['pack-refs', '--all']);
    expect(await git.branchInTheWay('issue/1')).toEqual({ name: 'issue', isRemote: false });
    expect(await git.branchInTheWay('release')).toEqual({ name: 'release/1', isRemote: false });
    expect(await git.branchInTheWay('far/1')).toEqual({ name: 'far', isRemote: true });
    expect([await git.branchInTheWay('issues/1'), await git.branchInTheWay('issue'), await git.branchInTheWay('case/1')]).toEqual([
      null,
      null,
      null,
    ]);
    await run(['config', 'core.ignoreCase', 'true']);
    expect(await git.branchInTheWay('case/1')).toEqual({ name: 'Case', isRemote: false });
    expect(await git.branchInTheWay('case')).toEqual({ name: 'Case', isRemote: false });
  });

  it('lets one of several that create a ref at once have it', async () => {
    const { git, run } = repository;
    const other = await repository.commit('other', {});
    const made = await Promise.all(['HEAD~1', other, 'HEAD~1', other].map((commit) => git.createRef('refs/nx-fleet/backup/x/1', commit)));
    expect(made.filter(Boolean)).toHaveLength(1);
    await expect(git.createRef('refs/nx-fleet/backup/x', other)).rejects.toThrow('refs/nx-fleet/backup/x');
    await run(['update-ref', '-d', 'refs/nx-fleet/backup/x/1']);
    expect(await git.createRef('refs/nx-fleet/backup/x', other)).toBe(true);
  });
});
