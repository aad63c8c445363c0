import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createGit } from '../create-git.js';
import { createTestRepository, type TestRepository } from '../testing/repository.fixture.js';

describe('commits', () => {
  let repository: TestRepository;
  beforeEach(async () => {
    repository = await createTestRepository();
    await repository.commit('rules', { '.gitignore': '*.log\n', 'a.txt': 'a\n' });
  });
  afterEach(() => repository.remove());

  it('commits everything that is not ignored, from any folder', async () => {
    await repository.write('a.txt', 'changed\n');
    await repository.write('-new file', 'x');
    await repository.write('debug.log', 'x');
    const parent = await repository.run(['rev-parse', 'HEAD']);
    const commit = await repository.git.commitAll(repository.path, '# Title\n\nbody — ünï');
    expect(commit).toBe(await repository.run(['rev-parse', 'main']));
    expect(await repository.run(['rev-parse', 'HEAD~1'])).toBe(parent);
    expect(await repository.run(['log', '-1', '--format=%B|%an'])).toBe('# Title\n\nbody — ünï\n|Ada');
    expect(await repository.run(['ls-tree', '--name-only', 'HEAD'])).toBe('-new file\n.gitignore\na.txt\nreadme.md');
    expect(await repository.git.dirtyPaths(repository.path)).toEqual([]);
  });

  it('gives null when there is nothing to commit', async () => {
    await repository.write('debug.log', 'x');
    expect(await repository.git.commitAll(repository.path, 'nothing')).toBeNull();
  });

  it('makes the first commit of an empty repository', async () => {
    await repository.run(['update-ref', '-d', 'refs/heads/main']);
    const commit = await repository.git.commitAll(repository.path, 'first');
    expect(await repository.run(['rev-list', '--count', commit ?? ''])).toBe('1');
  });

  it('runs no hook and signs nothing', async () => {
    const marker = join(repository.folder, 'ran');
    for (const name of ['pre-commit', 'commit-msg', 'prepare-commit-msg', 'post-commit', 'reference-transaction', 'post-index-change']) {
      await repository.hook(name, `echo ${name} >> "${marker}"; exit 1`);
    }
    await repository.run(['config', 'commit.gpgSign', 'true']);
    await repository.run(['config', 'gpg.program', '/bin/false']);
    await repository.write('a.txt', 'changed\n');
    expect(await repository.git.commitAll(repository.path, 'quiet')).not.toBeNull();
    await expect(stat(marker)).rejects.toThrow('ENOENT');
  });

  it('commits as nx-fleet when nobody is configured', async () => {
    const { PATH = '' } = repository.environment;
    const env = { PATH, HOME: repository.folder, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
    await repository.write('a.txt', 'changed\n');
    const commit = await createGit(repository.path, { env }).commitAll(repository.path, 'anonymous');
    expect(await repository.run(['log', '-1', '--format=%an <%ae> %cn', commit ?? ''])).toBe('nx-fleet <nx-fleet@localhost> nx-fleet');
    await repository.run(['config', 'user.name', 'Eve']);
    await repository.run(['config', 'user.email', 'eve@example.com']);
    await repository.write('a.txt', 'again\n');
    const named = await createGit(repository.path, { env }).commitAll(repository.path, 'named');
    expect(await repository.run(['log', '-1', '--format=%an <%ae>', named ?? ''])).toBe('Eve <eve@example.com>');
  });

  it('captures the work tree and leaves index, HEAD and files alone', async () => {
    await repository.write('a.txt', 'staged\n');
    await repository.run(['add', 'a.txt']);
    await repository.write('a.txt', 'on disk\n');
    await repository.write('new.txt', 'new\n');
    await repository.write('debug.log', 'x');
    const head = await repository.run(['rev-parse', 'HEAD']);
    const index = await readFile(join(repository.path, '.git', 'index'));
    const commit = await repository.git.captureWorktree(repository.path, 'backup');
    expect(await readFile(join(repository.path, '.git', 'index'))).toEqual(index);
    expect(await repository.run(['rev-parse', 'HEAD', `${commit}~1`])).toBe(`${head}\n${head}`);
    expect(await repository.run(['show', `${commit}:a.txt`])).toBe('on disk');
    expect(await repository.run(['show', `${commit}:new.txt`])).toBe('new');
    expect(await repository.run(['ls-tree', '--name-only', commit])).not.toContain('debug.log');
    expect(await repository.run(['status', '--porcelain'])).toBe('MM a.txt\n?? new.txt');
  });

  it('captures a change of the same size made right after git looked', async () => {
    for (let round = 0; round < 10; round += 1) {
      await repository.write('a.txt', `old ${round}\n`);
      await repository.run(['add', 'a.txt']);
      await repository.write('a.txt', `new ${round}\n`);
      const commit = await repository.git.captureWorktree(repository.path, 'backup');
      expect(await repository.run(['show', `${commit}:a.txt`])).toBe(`new ${round}`);
    }
  });

  it('captures a worktree whose checkout never happened, as empty', async () => {
    const linked = join(repository.folder, 'linked');
    await repository.git.createBranch('other', 'HEAD');
    await repository.git.addWorktree(linked, 'other');
    const commit = await repository.git.captureWorktree(linked, 'backup');
    expect(await repository.run(['ls-tree', '--name-only', commit])).toBe('');
  });
});
