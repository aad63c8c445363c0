import { createFakeGit } from './fake-git.js';
import { describeGit } from './git.contract.js';

describeGit('the fake', () => {
  const git = createFakeGit();
  const filesIn = (directory: string): Map<string, string> | undefined => {
    try {
      return git.filesIn(directory);
    } catch {
      return undefined;
    }
  };
  return {
    git,
    path: (name) => `/repo.worktrees/${name}`,
    write: (worktree, file, text) => {
      if (text === null) filesIn(worktree)?.delete(file);
      else filesIn(worktree)?.set(file, text);
    },
    read: (worktree, file) => filesIn(worktree)?.get(file) ?? null,
  };
});

describe('the fake', () => {
  it('brings the commits of a bundle into a repository that has not got them, with the same ids', async () => {
    const one = createFakeGit();
    const head = one.commit([one.root], { 'a.ts': '1' }, 'Work');
    await one.createBundle('/x.bundle', one.root, head);
    const other = createFakeGit({ bundles: one.bundles });
    expect(await other.resolveCommit(head)).toBeNull();
    expect(await other.fetchBundle('/x.bundle', (await one.resolveTree(one.root)) ?? '', other.root)).toEqual({
      kind: 'merged',
      commit: head,
    });
    expect(other.filesOf(head)).toEqual({ 'a.ts': '1' });
  });
});
