import { createFakeGit, type FakeGit } from '../git/fake-git.js';
import { findRange } from './change-range.js';

/** `main` has gone on since `work`, which is checked out nowhere, left it. */
function repository(isShallow = false): FakeGit & { readonly work: string } {
  const git = createFakeGit({ isShallow });
  const work = git.commit([git.root], { 'README.md': 'work\n' }, 'Work');
  git.refs.set('refs/heads/work', work);
  git.refs.set('refs/heads/main', git.commit([git.root], { 'README.md': 'main\n' }, 'Main'));
  git.refs.set('refs/heads/alone', git.commit([], { 'README.md': 'alone\n' }, 'Alone'));
  return { ...git, work };
}

describe('what a change is compared with', () => {
  it('is the best common ancestor of base and head', async () => {
    const git = repository();
    expect(await findRange({ base: 'main', head: 'work' }, git)).toEqual({ base: git.root, head: git.work });
  });

  it('is main where nobody names a base, and what is checked out where nobody names a head', async () => {
    const git = repository();
    const tip = git.refs.get('refs/heads/main');
    expect(await findRange({ base: null, head: null }, git)).toEqual({ base: tip, head: tip });
  });

  it("is the remote's default branch where there is no main", async () => {
    const git = repository();
    git.refs.delete('refs/heads/main');
    git.refs.delete('refs/remotes/origin/main');
    const range = await findRange({ base: null, head: 'work' }, { ...git, defaultBranch: async () => git.root });
    expect(range).toEqual({ base: git.root, head: git.work });
    await expect(findRange({ base: null, head: 'work' }, { ...git, defaultBranch: async () => null })).rejects.toThrow(
      'Cannot determine what to compare with.',
    );
  });

  it('must be there', async () => {
    await expect(findRange({ base: 'gone', head: 'work' }, repository())).rejects.toThrow(
      '"gone" is not a commit of this repository. Fetch it, or give another one: nx affected --base=<branch>, or NX_BASE and NX_HEAD in the environment.',
    );
    await expect(findRange({ base: 'alone', head: 'work' }, repository())).rejects.toThrow(
      '"alone" and "work" have no commit in common here.',
    );
  });

  it('says how to fetch the history of a shallow clone', async () => {
    await expect(findRange({ base: 'alone', head: 'work' }, repository(true))).rejects.toThrow(
      'it is a shallow clone. Fetch the whole history: git fetch --unshallow',
    );
    await expect(findRange({ base: 'gone', head: 'work' }, repository(true))).rejects.toThrow('"fetch-depth: 0"');
  });
});
