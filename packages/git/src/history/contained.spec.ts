import { createTestRepository, type TestRepository } from '../testing/repository.fixture.js';

describe('isContained', () => {
  let repository: TestRepository;
  beforeEach(async () => {
    repository = await createTestRepository();
    await repository.commit('base', { 'list.txt': '1\n2\n3\n4\n5\n6\n7\n8\n9\n' });
    await repository.run(['switch', '-q', '-c', 'work']);
    await repository.commit('one', { 'a.txt': 'a\n' });
    await repository.commit('two', { 'b.txt': 'b\n', 'list.txt': '1\n2\n3\n4\n5\n6\n7\n8\nnine\n' });
    await repository.run(['switch', '-q', 'main']);
  });
  afterEach(() => repository.remove());
  const isIn = () => repository.git.isContained('work', 'main');
  const goOn = () => repository.commit('on', { 'a.txt': 'later\n', 'list.txt': 'all\nnew\n' });

  it('knows a branch that was merged, and one that is not', async () => {
    expect(await isIn()).toBe(false);
    await repository.run(['merge', '-q', '--no-ff', '-m', 'merge', 'work']);
    expect(await isIn()).toBe(true);
  });

  it.each([
    ['rebased', ['cherry-pick', 'main..work']],
    ['squashed', ['merge', '-q', '--squash', 'work']],
  ])('knows a branch that was %s, also when its files were changed again since', async (_how, command) => {
    await repository.commit('before', { 'c.txt': 'c\n' });
    await repository.run(command);
    await repository.commit('squash', {});
    expect(await isIn()).toBe(true);
    await goOn();
    expect(await isIn()).toBe(true);
  });

  it('knows a branch that had the base merged into it before it was squashed', async () => {
    await repository.commit('before', { 'c.txt': 'c\n' });
    await repository.run(['switch', '-q', 'work']);
    await repository.run(['merge', '-q', '-m', 'update', 'main']);
    await repository.run(['switch', '-q', 'main']);
    await repository.run(['merge', '-q', '--squash', 'work']);
    await repository.commit('squash', {});
    await goOn();
    expect(await isIn()).toBe(true);
  });

  it('does not know a branch of which only a part was picked', async () => {
    await repository.run(['cherry-pick', 'work~1']);
    expect(await isIn()).toBe(false);
  });

  it('does not know what was settled by hand in a merge, though each commit was picked', async () => {
    const commits = (await repository.run(['rev-list', '--reverse', 'main..work'])).split('\n');
    await repository.commit('before', { 'c.txt': 'c\n' });
    await repository.run(['switch', '-q', 'work']);
    await repository.run(['merge', '-q', '--no-commit', 'main']);
    await repository.commit('merge', { 'extra.txt': 'by hand\n' });
    await repository.run(['switch', '-q', 'main']);
    await repository.run(['cherry-pick', ...commits]);
    expect(await isIn()).toBe(false);
  });

  it('does not know work that was committed after the squash', async () => {
    await repository.run(['merge', '-q', '--squash', 'work']);
    await repository.commit('squash', {});
    await repository.run(['switch', '-q', 'work']);
    await repository.commit('three', { 'd.txt': 'd\n' });
    expect(await isIn()).toBe(false);
  });

  it('writes no ref and no file', async () => {
    const state = () =>
      Promise.all([repository.run(['for-each-ref']), repository.run(['status', '--porcelain']), repository.run(['rev-parse', 'HEAD'])]);
    const before = await state();
    await isIn();
    expect(await state()).toEqual(before);
  });

  it('has no base for histories that have nothing in common', async () => {
    await repository.run(['switch', '-q', '--orphan', 'other']);
    await repository.commit('other', { 'x.txt': 'x\n' });
    expect(await repository.git.mergeBase('other', 'main')).toBeNull();
    expect(await repository.git.isContained('other', 'main')).toBe(false);
    expect(await repository.git.mergeBase('work', 'main')).toBe(await repository.run(['rev-parse', 'main']));
  });
});
