import { existsSync } from 'node:fs';
import { appendFile, chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RepositoryWatch } from '@nx-fleet/core';
import { createTestRepository, type TestRepository } from '../testing/repository.fixture.js';

const NOTHING: readonly string[] = [];

describe('a watch', () => {
  let repository: TestRepository;
  beforeEach(async () => {
    repository = await createTestRepository();
    await repository.commit('files', { '.gitignore': 'ignored\n', 'a.txt': 'a\n', 'folder/b.txt': 'b\n' });
  });
  afterEach(() => repository.remove());
  const run = (...args: string[]): Promise<string> => repository.run(args);
  const at = (...names: string[]): string => join(repository.path, ...names);
  const watchSetup = (worktree: string): Promise<RepositoryWatch> =>
    repository.git.watch({ what: 'setup', worktree, othersBranches: async () => [] });
  const watchAll = (): Promise<RepositoryWatch> =>
    repository.git.watch({ what: 'all', worktree: repository.path, othersBranches: async () => ['issue/2'] });

  /** Everything that a person would miss. */
  async function stateOf(): Promise<object> {
    const read = async (path: string): Promise<string | null> => (existsSync(at(path)) ? readFile(at(path), 'utf8') : null);
    return {
      status: await run('status', '--porcelain=v1'),
      head: await read('.git/HEAD'),
      refs: await run('for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads', 'refs/tags', 'refs/notes'),
      stash: await run('stash', 'list', '--format=%H %gs'),
      index: await run('ls-files', '--stage', '-v'),
      files: await Promise.all(
        ['a.txt', 'folder/b.txt', 'mine.txt', 'new.txt', '.git/config', '.git/hooks/pre-commit', '.git/info/attributes'].map(read),
      ),
    };
  }

  /** A person's work that is not committed: staged, changed, deleted, new. */
  async function work(): Promise<void> {
    await writeFile(at('folder/b.txt'), 'staged\n');
    await run('add', 'folder/b.txt');
    await writeFile(at('folder/b.txt'), 'changed\n');
    await writeFile(at('mine.txt'), 'mine\n');
    await rm(at('readme.md'));
  }

  const WRITES: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['a changed file', () => appendFile(at('a.txt'), 'x')],
    ['a new file', () => writeFile(at('new.txt'), '')],
    ['a deleted file', () => rm(at('a.txt'))],
    ['another mode', () => chmod(at('a.txt'), 0o755)],
    ['a link in place of a file', () => rm(at('a.txt')).then(() => symlink('/etc/hostname', at('a.txt')))],
    [
      'a folder in place of a file',
      () =>
        rm(at('a.txt'))
          .then(() => mkdir(at('a.txt')))
          .then(() => writeFile(at('a.txt/x'), '')),
    ],
    ["a change to a person's changed file", () => appendFile(at('folder/b.txt'), 'x')],
    ["a person's new file overwritten", () => writeFile(at('mine.txt'), 'theirs\n')],
    ["a person's work reset", () => run('reset', '-q', '--hard')],
    ["a person's work cleaned away", () => run('clean', '-qfd')],
    ['a staged change', () => run('add', '-A')],
    ['a file taken out of the index', () => run('rm', '-q', '--cached', 'a.txt')],
    ['a flag in the index', () => run('update-index', '--assume-unchanged', 'a.txt')],
    ['a commit', () => run('commit', '-qam', 'x')],
    ['an amended commit', () => run('commit', '-q', '--amend', '-m', 'x')],
    ['another branch', () => run('checkout', '-q', '-b', 'other')],
    ['a detached HEAD', () => run('checkout', '-q', '--detach')],
    ['a tag', () => run('tag', 'v1')],
    ['a note', () => run('notes', 'add', '-m', 'x')],
    ['a deleted branch', () => run('branch', '-D', 'topic')],
    ['a stash', () => run('stash', 'push', '-q', '-u')],
    ['a lost stash', () => run('stash', 'clear')],
    ['a configuration', () => run('config', 'core.hooksPath', '/tmp')],
    ['a changed configuration', () => run('config', 'core.bare', 'true')],
    ['a configuration that nobody can read', () => writeFile(at('.git/config'), '[core\n')],
    [
      'a configuration for one worktree',
      () => run('config', 'extensions.worktreeConfig', 'true').then(() => run('config', '--worktree', 'filter.x.clean', 'false')),
    ],
    ['a command of a submodule', () => run('config', 'submodule.x.update', '!false')],
    ['a program of a new remote', () => run('config', 'remote.fork.uploadpack', 'false')],
    ['another address of origin', () => run('config', 'remote.origin.url', '/tmp/evil')],
    ['a program of Git LFS', () => run('config', 'lfs.customtransfer.x.path', 'false')],
    ['a branch in place of one', () => run('branch', '-D', 'topic').then(() => run('branch', 'topic/inner'))],
    ['a lost configuration', () => rm(at('.git/config'))],
    ['a hook', () => mkdir(at('.git/hooks'), { recursive: true }).then(() => writeFile(at('.git/hooks/pre-commit'), ''))],
    ['attributes', () => mkdir(at('.git/info'), { recursive: true }).then(() => writeFile(at('.git/info/attributes'), '* filter=x\n'))],
  ];

  it.each(WRITES)('sees %s, and leaves it', async (_, write) => {
    await run('branch', 'topic');
    await writeFile(at('a.txt'), 'stashed\n');
    await run('stash', 'push', '-q');
    await work();
    const watch = await watchAll();
    await write();
    const after = await stateOf().catch(() => null);
    expect((await watch.compare(async () => undefined)).length).toBeGreaterThan(0);
    expect(await stateOf().catch(() => null)).toEqual(after);
  });

  it('hands over what was there and is lost', async () => {
    await run('tag', 'v1', await run('commit-tree', 'HEAD^{tree}', '-m', 'a tag of theirs'));
    await work();
    const watch = await watchAll();
    await writeFile(at('mine.txt'), 'overwritten\n');
    await run('tag', '-d', 'v1');
    const kept: string[] = [];
    await watch.compare(async (commit) => void kept.push(commit));
    expect(await Promise.all(kept.map((commit) => run('log', '-1', '--format=%s', commit)))).toEqual([
      'a tag of theirs',
      'As it was before an agent that was reading changed it',
    ]);
    expect(await run('show', `${kept[1] ?? ''}:1-mine.txt`)).toBe('mine');
  });

  it.each<readonly [string, () => Promise<unknown>]>([
    ['reading', () => run('status').then(() => run('log'))],
    ['a file that git ignores', () => writeFile(at('ignored'), 'x')],
    ['a fetch', () => run('update-ref', 'refs/remotes/origin/main', 'HEAD')],
    ["an issue's branch", () => run('branch', 'issue/2')],
    ['where a branch goes', () => run('config', 'branch.main.remote', 'origin')],
    ['a submodule', () => run('config', 'submodule.x.url', 'y')],
    ['a new remote', () => run('remote', 'add', 'fork', 'https://example.test/fork.git')],
    ['the default of gh', () => run('config', 'remote.upstream.gh-resolved', 'base')],
    ['how Git LFS logs in', () => run('config', 'lfs.https://example.test/info/lfs.access', 'basic')],
    ['another worktree', () => run('worktree', 'add', '-q', '--detach', join(repository.folder, 'spare'))],
  ])('takes %s for nothing', async (_, act) => {
    await work();
    const watch = await watchAll();
    await act();
    expect(await watch.compare(async () => undefined)).toEqual(NOTHING);
  });

  it("sees the issue's worktree on another branch, whatever else is watched", async () => {
    const worktree = join(repository.folder, 'issue-1');
    await run('worktree', 'add', '-q', '-b', 'issue/1', worktree);
    const watch = await repository.git.watch({ what: 'setup', worktree, othersBranches: async () => [] });
    await repository.run(['checkout', '-q', '-b', 'other'], worktree);
    expect(await watch.compare(async () => undefined)).toEqual([`HEAD of "${worktree}"`]);
    expect(await repository.git.currentBranch(worktree)).toBe('other');
  });

  it('watches the hooks where the configuration says that they are', async () => {
    await run('config', 'core.hooksPath', '.husky/_');
    await writeFile(at('.git/info/exclude'), '.husky\n');
    const watch = await watchAll();
    await mkdir(at('.husky/_'), { recursive: true });
    await writeFile(at('.husky/_/pre-commit'), 'evil');
    expect(await watch.compare(async () => undefined)).toEqual([`hook "${at('.husky/_/pre-commit')}"`]);
  });

  it("leaves a person's edit of a hook in the main worktree alone, when only the set-up is watched", async () => {
    await run('config', 'core.hooksPath', '.husky');
    await repository.commit('hook', { '.husky/pre-commit': 'old\n' });
    const watch = await watchSetup(repository.path);
    await writeFile(at('.husky/pre-commit'), 'mine\n');
    expect(await watch.compare(async () => undefined)).toEqual(NOTHING);
    expect(await readFile(at('.husky/pre-commit'), 'utf8')).toBe('mine\n');
  });

  it.each([true, false])('sees configuration that a reader plants for a worktree (sparse before: %s)', async (isSparse) => {
    const [worktree, other] = [join(repository.folder, 'issue-1'), join(repository.folder, 'issue-2')];
    if (isSparse) await run('sparse-checkout', 'set', 'folder');
    await run('worktree', 'add', '-q', '-b', 'issue/1', worktree);
    await run('worktree', 'add', '-q', '-b', 'issue/2', other);
    const watch = await watchSetup(worktree);
    await run('config', 'extensions.worktreeConfig', 'true');
    for (const place of [worktree, other]) await repository.run(['config', '--worktree', 'filter.x.clean', 'false'], place);
    const found = await watch.compare(async () => undefined);
    expect(found.filter((line) => line.startsWith('"filter.x.clean" in'))).toHaveLength(2);
  });

  it("takes sparse checkouts of other issues' worktrees, and such a worktree that goes, for nothing", async () => {
    await run('sparse-checkout', 'set', 'folder');
    const [worktree, other] = [join(repository.folder, 'issue-1'), join(repository.folder, 'issue-2')];
    await run('worktree', 'add', '-q', '-b', 'issue/1', worktree);
    await run('worktree', 'add', '-q', '-b', 'issue/2', other);
    await repository.run(['config', '--worktree', 'user.name', 'x'], other);
    const watch = await watchSetup(worktree);
    await repository.run(['sparse-checkout', 'disable'], other);
    expect(await watch.compare(async () => undefined)).toEqual(NOTHING);
    await run('worktree', 'remove', '--force', other);
    expect(await watch.compare(async () => undefined)).toEqual(NOTHING);
  });

  it('keeps what was in the set-up', async () => {
    await run('config', 'core.fsmonitor', 'mine');
    await mkdir(at('.git/hooks'), { recursive: true });
    await writeFile(at('.git/hooks/pre-commit'), 'mine\n');
    const watch = await watchSetup(repository.path);
    await run('config', 'core.fsmonitor', '/tmp/x');
    await writeFile(at('.git/hooks/pre-commit'), 'theirs\n');
    const kept: string[] = [];
    await watch.compare(async (commit) => void kept.push(commit));
    expect(await run('show', `${kept[0] ?? ''}:1-config`)).toContain('fsmonitor = mine');
    expect(await run('show', `${kept[1] ?? ''}:1-pre-commit`)).toBe('mine');
    expect(await run('config', '--get', 'core.fsmonitor')).toBe('/tmp/x');
  });

  it('reports what cannot be kept, and compares the rest', async () => {
    await work();
    const watch = await watchAll();
    await run('tag', 'v1');
    await writeFile(at('mine.txt'), 'overwritten\n');
    const found = await watch.compare(() => Promise.reject(new Error('no space')));
    expect(found).toEqual([
      '"refs/tags/v1"',
      '"mine.txt" in the main worktree',
      'something that cannot be compared or kept (Error: no space)',
    ]);
  });

  it("leaves the stash of another issue's branch alone", async () => {
    await run('checkout', '-q', '-b', 'issue/2');
    const watch = await watchAll();
    await appendFile(at('a.txt'), 'x');
    await run('stash', 'push', '-q', '-m', 'theirs');
    expect(await watch.compare(async () => undefined)).toEqual(NOTHING);
  });
});
