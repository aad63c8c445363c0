import { createTestRepository, type TestRepository } from '../testing/repository.fixture.js';

describe('revisions', () => {
  let repository: TestRepository;
  let first: string;
  let second: string;
  beforeAll(async () => {
    repository = await createTestRepository();
    first = await repository.run(['rev-parse', 'HEAD']);
    second = await repository.commit('second: ünï\n\nbody', { 'folder/a.txt': 'a\n' });
    await repository.run(['tag', '-a', 'v1', '-m', 'tag', first]);
  });
  afterAll(() => repository.remove());

  it.each(['HEAD', 'main', 'refs/heads/main', '@'])('resolves "%s" to its commit', async (revision) => {
    expect(await repository.git.resolveCommit(revision)).toBe(second);
  });

  it('follows an annotated tag to its commit', async () => {
    expect(await repository.git.resolveCommit('v1')).toBe(first);
  });

  it.each([
    'nope',
    '',
    '--all',
    '-x',
    '--help',
    'HEAD@{999}',
    '1'.repeat(40),
    'main..v1',
    '^main',
    'a\0b',
    'HEAD^{tree}',
    ':/nothing',
    'a\nb',
  ])('takes %j for no commit', async (revision) => {
    expect(await repository.git.resolveCommit(revision)).toBeNull();
  });

  it('resolves commits, trees and folders to trees', async () => {
    const tree = await repository.run(['rev-parse', 'HEAD^{tree}']);
    const folder = await repository.run(['rev-parse', 'HEAD:folder']);
    expect(await repository.git.resolveTree('main')).toBe(tree);
    expect(await repository.git.resolveTree(tree)).toBe(tree);
    expect(await repository.git.resolveTree('main:')).toBe(tree);
    expect(await repository.git.resolveTree('main:folder')).toBe(folder);
    expect(await repository.git.resolveTree('main:readme.md')).toBeNull();
    expect(await repository.git.resolveTree('--all')).toBeNull();
  });

  it('knows ancestors', async () => {
    expect(await repository.git.isAncestor(first, second)).toBe(true);
    expect(await repository.git.isAncestor(second, first)).toBe(false);
    expect(await repository.git.isAncestor(first, first)).toBe(true);
    await expect(repository.git.isAncestor('--help', first)).rejects.toThrow('"--help" is not a commit');
  });

  it('lists commits oldest first, with their subjects alone', async () => {
    const third = await repository.commit('third', {});
    expect(await repository.git.log(first, third)).toEqual([
      { id: second, subject: 'second: ünï', author: 'Ada' },
      { id: third, subject: 'third', author: 'Ada' },
    ]);
    expect(await repository.git.log(third, first)).toEqual([]);
  });

  it('shows a commit as it is when somebody has put a replacement over it', async () => {
    const tree = await repository.run(['rev-parse', `${second}^{tree}`]);
    await repository.run(['replace', second, first]);
    expect(await repository.git.resolveTree(second)).toBe(tree);
    await repository.run(['replace', '-d', second]);
  });

  it('gives null for the HEAD of a repository without a commit', async () => {
    const empty = await createTestRepository();
    await empty.run(['update-ref', '-d', 'refs/heads/main']);
    expect(await empty.git.resolveCommit('HEAD')).toBeNull();
    expect(await empty.git.resolveTree('HEAD')).toBeNull();
    await empty.remove();
  });
});
