import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createGit } from '../create-git.js';
import { createTestRepository, type TestRepository } from '../testing/repository.fixture.js';

describe('a new worktree', () => {
  let repository: TestRepository;
  let worktree: string;
  beforeEach(async () => {
    repository = await createTestRepository();
    worktree = join(repository.folder, 'issue 1');
  });
  afterEach(() => repository.remove());
  const create = async (path = worktree) => {
    await repository.git.createBranch('issue/1', 'main');
    await repository.git.addWorktree(path, 'issue/1');
    await repository.git.checkoutWorktree(path);
    expect(await repository.git.dirtyPaths(path)).toEqual([]);
  };

  it('survives post-checkout hooks that fail, in the place that the repository keeps them', async () => {
    await repository.commit('husky', { '.husky/post-checkout': '#!/bin/sh\ntouch "$HOME/ran"\nexit 1\n' });
    await chmod(join(repository.path, '.husky', 'post-checkout'), 0o755);
    await repository.run(['config', 'core.hooksPath', '.husky']);
    await create();
    expect(existsSync(join(repository.folder, 'ran'))).toBe(false);
    expect(existsSync(join(worktree, '.husky', 'post-checkout'))).toBe(true);
  });

  it('may lie inside of the main one', async () => {
    const nested = join(repository.path, '.worktrees', 'issue-1');
    await create(nested);
    const moved = join(repository.path, '.worktrees', 'issue-2');
    expect(await repository.git.moveWorktree(nested, moved)).toBe(true);
    await repository.git.removeWorktree(moved);
    expect(await readdir(join(repository.path, '.worktrees'))).toEqual([]);
    expect(await repository.git.dirtyPaths(repository.path)).toEqual([]);
  });

  describe('of a sparse repository', () => {
    beforeEach(() => repository.commit('apps', { 'apps/a/a.txt': 'a', 'apps/b/b.txt': 'b', 'libs/c.txt': 'c' }));
    const files = async () =>
      ['readme.md', 'apps/a/a.txt', 'apps/b/b.txt', 'libs/c.txt'].filter((file) => existsSync(join(worktree, file)));

    it.each([
      ['cones', ['--cone', 'apps/a'], ['readme.md', 'apps/a/a.txt']],
      ['patterns', ['--no-cone', '/*', '!/libs/'], ['readme.md', 'apps/a/a.txt', 'apps/b/b.txt']],
    ])('is sparse by the same %s', async (_kind, set, expected) => {
      await repository.run(['sparse-checkout', 'set', ...set]);
      await create();
      expect(await files()).toEqual(expected);
    });

    it.each([
      ['sparse', ['set', '--cone', 'apps/b'], ['readme.md', 'apps/b/b.txt']],
      ['sparse in another way', ['set', '--no-cone', '/*', '!/apps/'], ['readme.md', 'libs/c.txt']],
      ['whole', ['disable'], ['readme.md', 'apps/a/a.txt', 'apps/b/b.txt', 'libs/c.txt']],
    ])('made of an older spare becomes %s as the main one has become since', async (kind, change, expected) => {
      if (kind !== 'sparse') await repository.run(['sparse-checkout', 'set', '--cone', 'apps/a']);
      await repository.git.addDetachedWorktree(worktree, 'main');
      await repository.git.checkoutWorktree(worktree);
      await repository.run(['sparse-checkout', ...change]);
      await repository.git.createBranch('issue/1', 'main');
      await repository.git.switchWorktree(worktree, 'issue/1');
      expect(await files()).toEqual(expected);
      expect(await repository.git.dirtyPaths(worktree)).toEqual([]);
    });
  });

  describe('of a repository with submodules', () => {
    let away: string;
    beforeEach(async () => {
      const local = ['-c', 'protocol.file.allow=always'];
      const [inner, outer] = [join(repository.folder, 'inner'), join(repository.folder, 'outer')];
      for (const path of [inner, outer]) {
        await mkdir(path);
        await repository.run(['init', '-q', '-b', 'main'], path);
        await repository.commit('first', { 'file.txt': path }, path);
      }
      await repository.run([...local, 'submodule', 'add', '-q', '--name', 'the inner', inner, 'deep/inner'], outer);
      await repository.commit('inner', {}, outer);
      await repository.run([...local, 'submodule', 'add', '-q', '--name', 'my.update', outer, 'vendor/outer']);
      await repository.commit('outer', {});
      await repository.run([...local, 'submodule', 'update', '-q', '--init', '--recursive']);
      away = join(repository.folder, 'away');
      await mkdir(away);
      for (const path of [inner, outer]) await rename(path, join(away, path === inner ? 'inner' : 'outer'));
    });
    const innerFile = () => join(worktree, 'vendor/outer/deep/inner/file.txt');

    it("has those of the main one, nested ones too, from the main one's objects alone", async () => {
      await create();
      expect(await readFile(innerFile(), 'utf8')).toBe(join(repository.folder, 'inner'));
      expect(await repository.run(['submodule', 'status', '--recursive'], worktree)).toBe(
        (await repository.run(['submodule', 'status', '--recursive'])).replaceAll('+', ' '),
      );
      const remote = await repository.run(['remote', 'get-url', 'origin'], join(worktree, 'vendor/outer'));
      expect(remote).toBe(join(repository.folder, 'outer'));
      await repository.commit('mine', { 'mine.txt': 'x' }, join(worktree, 'vendor/outer'));
      expect(await repository.git.dirtyPaths(repository.path)).toEqual([]);
      expect(await repository.git.dirtyPaths(worktree)).toEqual(['vendor/outer']);
    });

    it('is not moved, and is removed', async () => {
      await create();
      expect(await repository.git.moveWorktree(worktree, `${worktree}-moved`)).toBe(false);
      await repository.git.removeWorktree(worktree);
      expect(existsSync(worktree)).toBe(false);
      expect(await repository.git.listWorktrees()).toHaveLength(1);
      expect(await repository.git.dirtyPaths(repository.path)).toEqual([]);
    });

    it.each(['not initialized in the main one', 'at a commit that the main one lacks'])('leaves one empty that is %s', async (why) => {
      if (why.startsWith('not')) {
        await repository.run(['submodule', 'deinit', '-q', '--force', 'vendor/outer']);
      } else {
        await repository.run(['update-index', '--cacheinfo', `160000,${'1'.repeat(40)},vendor/outer`]);
        await repository.run(['commit', '-q', '-m', 'elsewhere']);
      }
      await create();
      expect(await readdir(join(worktree, 'vendor/outer'))).toEqual([]);
    });

    it.each(['my.update', 'my.update/modules/the inner'])('finishes one whose clone was killed: %s', async (module) => {
      await create();
      const registration = join(repository.path, '.git', 'worktrees', 'issue-1');
      const dead = { id: '0123456789abcdef', pid: 2 ** 22 + 1, startedAt: null, host: hostname() };
      await rm(join(registration, 'modules', module, 'index'));
      await rm(join(registration, 'modules', module, 'HEAD'));
      await rm(innerFile());
      await writeFile(join(registration, 'nx-fleet-checkout.lease'), JSON.stringify(dead));
      await repository.git.checkoutWorktree(worktree);
      expect(await readFile(innerFile(), 'utf8')).toBe(join(repository.folder, 'inner'));
      expect(await repository.git.dirtyPaths(worktree)).toEqual([]);
    });

    it('leaves the work in one alone that is there', async () => {
      await create();
      await writeFile(innerFile(), 'mine');
      await repository.git.checkoutWorktree(worktree);
      expect(await readFile(innerFile(), 'utf8')).toBe('mine');
    });
  });

  describe('of a repository that is a submodule', () => {
    it('belongs to the folder with its files', async () => {
      const outer = join(repository.folder, 'outer');
      await mkdir(outer);
      await repository.run(['init', '-q', '-b', 'main'], outer);
      await repository.run(['-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', repository.path, 'apps/shop'], outer);
      const shop = join(outer, 'apps/shop');
      const git = createGit(shop, { env: repository.environment });
      await git.createBranch('issue/1', 'HEAD');
      await git.addWorktree(worktree, 'issue/1');
      await git.checkoutWorktree(worktree);
      const linked = createGit(worktree, { env: repository.environment });
      expect(await linked.locate()).toMatchObject({ mainWorktree: shop, currentWorktree: worktree });
      expect((await linked.listWorktrees()).map(({ path }) => path)).toEqual([shop, worktree]);
      await git.removeWorktree(worktree);
      expect(await git.listWorktrees()).toHaveLength(1);
    });
  });

  describe('of a partial clone', () => {
    let clone: string;
    beforeEach(async () => {
      await repository.commit('files', { 'a/a.txt': 'a', 'b/b.txt': 'b' });
      await repository.run(['config', 'uploadpack.allowFilter', 'true']);
      await repository.run(['config', 'uploadpack.allowAnySHA1InWant', 'true']);
      clone = join(repository.folder, 'clone');
      await repository.run(['clone', '-q', '--filter=blob:none', '--sparse', `file://${repository.path}`, clone]);
    });

    it('has a snapshot with what was left out, and says in one line when the remote does not give it', async () => {
      const git = createGit(clone, { env: repository.environment });
      const away = `${repository.path}-away`;
      await rename(repository.path, away);
      await expect(git.createSnapshot({ tree: 'HEAD' })).rejects.toThrow(
        /^This partial clone lacks \d objects, and "origin" does not provide them: .* git fetch origin$/,
      );
      await rename(away, repository.path);
      const snapshot = await git.createSnapshot({ tree: 'HEAD' });
      expect(await readFile(join(snapshot.directory, 'b/b.txt'), 'utf8')).toBe('b');
      await snapshot.remove();
    });
  });

  describe('of a repository with large files', () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 5\n`;
    beforeEach(async () => {
      const smudge = join(repository.folder, 'smudge');
      await writeFile(smudge, '#!/bin/sh\nif [ "$GIT_LFS_SKIP_SMUDGE" = 1 ]; then cat; else cat >/dev/null; echo large; fi\n');
      await chmod(smudge, 0o755);
      await repository.commit('large', { '.gitattributes': '*.bin filter=lfs -text\n', 'image.bin': pointer });
      await repository.run(['config', 'filter.lfs.smudge', smudge]);
      await repository.run(['config', 'filter.lfs.clean', `sh -c 'cat >/dev/null; printf "${pointer.replaceAll('\n', '\\n')}"'`]);
      await repository.run(['config', 'filter.lfs.required', 'true']);
    });
    const content = () => readFile(join(worktree, 'image.bin'), 'utf8');

    it('has pointers where the main one has pointers', async () => {
      await create();
      expect(await content()).toBe(pointer);
    });

    it('has the files where the main one has them', async () => {
      await rm(join(repository.path, 'image.bin'));
      await repository.run(['checkout', '-q', '--', 'image.bin']);
      await create();
      expect(await content()).toBe('large\n');
    });

    it('has pointers where its user asks for them', async () => {
      await rm(join(repository.path, 'image.bin'));
      const git = createGit(repository.path, { env: { ...repository.environment, GIT_LFS_SKIP_SMUDGE: '1' } });
      await git.addDetachedWorktree(worktree, 'main');
      await git.checkoutWorktree(worktree);
      expect(await content()).toBe(pointer);
    });
  });
});
