import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestRepository, type TestRepository } from '../testing/repository.fixture.js';

describe('mergeCommits', () => {
  let repository: TestRepository;
  let base: string;
  beforeEach(async () => {
    repository = await createTestRepository();
    base = await repository.commit('base', { 'a.txt': 'a\n', 'b.txt': 'b\n' });
  });
  afterEach(() => repository.remove());
  const branch = async (name: string, files: Readonly<Record<string, string>>) => {
    await repository.run(['checkout', '-q', '-b', name, base]);
    const commit = await repository.commit(name, files);
    await repository.run(['checkout', '-q', 'main']);
    return commit;
  };

  it('gives one commit back as it is', async () => {
    expect(await repository.git.mergeCommits(['main'], 'x')).toEqual({ kind: 'merged', commit: base });
    await expect(repository.git.mergeCommits([], 'x')).rejects.toThrow('No commit to merge');
  });

  it('merges three branches, touches no worktree or ref, and makes the same commit again later', async () => {
    const commits = [
      await branch('one', { 'a.txt': '1\n' }),
      await branch('two', { 'b.txt': '2\n' }),
      await branch('three', { 'c.txt': '3\n' }),
    ];
    const state = async () => [await repository.run(['for-each-ref']), await repository.run(['status', '--porcelain'])];
    const before = await state();
    const merged = await repository.git.mergeCommits(commits, 'Merge blockers\n');
    if (merged.kind !== 'merged') throw new Error('conflict');
    expect(await state()).toEqual(before);
    expect(await repository.run(['ls-tree', '-r', '--name-only', merged.commit])).toBe('a.txt\nb.txt\nc.txt\nreadme.md');
    expect(await repository.run(['show', `${merged.commit}:a.txt`])).toBe('1');
    expect(await repository.run(['log', '-1', '--format=%s|%an|%ce', merged.commit])).toBe('Merge blockers|nx-fleet|nx-fleet@localhost');
    for (const commit of commits) expect(await repository.git.isAncestor(commit, merged.commit)).toBe(true);
    await sleep(1100);
    expect(await repository.git.mergeCommits(commits, 'Merge blockers\n')).toEqual(merged);
  });

  it('skips what is contained already, in either direction', async () => {
    const one = await branch('one', { 'a.txt': '1\n' });
    expect(await repository.git.mergeCommits([base, one], 'x')).toEqual({ kind: 'merged', commit: one });
    expect(await repository.git.mergeCommits([one, base, one], 'x')).toEqual({ kind: 'merged', commit: one });
  });

  it('names the files in conflict', async () => {
    const one = await branch('one', { 'a.txt': '1\n', 'ünï\nx.txt': '1\n', 'b.txt': 'same\n' });
    const two = await branch('two', { 'a.txt': '2\n', 'ünï\nx.txt': '2\n', 'b.txt': 'same\n' });
    const outcome = await repository.git.mergeCommits([one, two], 'x');
    expect(outcome).toEqual({ kind: 'conflict', files: ['a.txt', 'ünï\nx.txt'] });
  });

  it('refuses what is no commit', async () => {
    await expect(repository.git.mergeCommits(['--help'], 'x')).rejects.toThrow('"--help" is not a commit');
  });

  it('reads attributes from the base, and neither from the main worktree nor from this clone', async () => {
    const { git, run, commit, path } = repository;
    const base = await commit('list', { 'list.txt': 'a\n' });
    const ours = await commit('ours', { 'list.txt': 'a\nb\n' });
    await run(['reset', '-q', '--hard', base]);
    const theirs = await commit('theirs', { 'list.txt': 'a\nc\n' });
    await repository.write('.gitattributes', '*.txt merge=union\n');
    await repository.write('attributes', '*.txt merge=union\n', join(path, '.git', 'info'));
    expect(await git.mergeCommits([ours, theirs], 'Both')).toEqual({ kind: 'conflict', files: ['list.txt'] });
    await run(['reset', '-q', '--hard', base]);
    const rule = await commit('rule', { '.gitattributes': '*.txt merge=union\n' });
    const [one, other] = [
      await commit('one', { 'list.txt': 'a\nb\n' }),
      await run(['reset', '-q', '--hard', rule]).then(() => commit('other', { 'list.txt': 'a\nc\n' })),
    ];
    await run(['checkout', '-q', base]);
    expect(await git.mergeCommits([one, other], 'Both')).toMatchObject({ kind: 'merged' });
  });
});
