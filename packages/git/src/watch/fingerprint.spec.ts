import { appendFile, chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Snapshot } from '@nx-fleet/core';
import { createTestRepository, type TestRepository } from '../testing/repository.fixture.js';

describe('the fingerprint of a snapshot', () => {
  let repository: TestRepository;
  let snapshot: Snapshot;
  beforeEach(async () => {
    repository = await createTestRepository();
    await repository.commit('files', { '.gitignore': '*.log\n', 'a.txt': 'a\n', 'folder/b.txt': 'b\n' });
    snapshot = await repository.git.createSnapshot({ tree: 'HEAD', baseTree: 'HEAD~1' });
  });
  afterEach(async () => {
    await snapshot.remove();
    await repository.remove();
  });
  const run = (...args: string[]) => repository.run(args, snapshot.directory);
  const at = (...names: string[]) => join(snapshot.directory, ...names);

  it('stays the same however much is read', async () => {
    const before = await snapshot.fingerprint();
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    await run('status');
    await run('update-index', '--refresh');
    await run('diff', 'HEAD~1');
    await run('log', '-p');
    await run('grep', 'a');
    await run('blame', 'a.txt');
    await run('ls-files', '-o');
    expect(await snapshot.fingerprint()).toBe(before);
  });

  const WRITES: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['an edited file', () => writeFile(at('a.txt'), 'A\n')],
    ['a new file', () => writeFile(at('new.txt'), '')],
    ['a new ignored file', () => writeFile(at('x.log'), '')],
    ['a deleted file', () => rm(at('a.txt'))],
    ['a renamed file', () => rename(at('a.txt'), at('c.txt'))],
    ['another mode', () => chmod(at('a.txt'), 0o755)],
    ['a link in place of a file', () => rm(at('a.txt')).then(() => symlink('folder/b.txt', at('a.txt')))],
    ['a file behind assume-unchanged', () => run('update-index', '--assume-unchanged', 'a.txt').then(() => writeFile(at('a.txt'), 'A\n'))],
    ['the flag skip-worktree alone', () => run('update-index', '--skip-worktree', 'a.txt')],
    ['a staged change put back on disk', () => stageAndPutBack()],
    ['a new ref', () => run('update-ref', 'refs/heads/other', 'HEAD')],
    ['a tag', () => run('tag', 'v1')],
    ['a commit', () => run('commit', '-q', '--allow-empty', '-m', 'x')],
    [
      'a commit that was taken back',
      () => run('commit', '-q', '--allow-empty', '-m', 'x').then(() => run('reset', '-q', '--soft', 'HEAD~1')),
    ],
    ['another branch at the same commit', () => run('checkout', '-q', '-b', 'other')],
    ['a changed configuration', () => run('config', 'user.name', 'x')],
    ['an added hook', () => mkdir(at('.git', 'hooks')).then(() => writeFile(at('.git', 'hooks', 'pre-commit'), ''))],
    ['a stash', () => writeFile(at('a.txt'), 'A\n').then(() => run('stash'))],
    ['a local exclude rule', () => mkdir(at('.git', 'info')).then(() => writeFile(at('.git', 'info', 'exclude'), 'x'))],
    ['another object store', () => appendFile(at('.git', 'objects', 'info', 'alternates'), '/elsewhere\n')],
    ['a repository within', () => mkdir(at('inner')).then(() => run('init', '-q', 'inner'))],
    ['a lost HEAD', () => rm(at('.git', 'HEAD'))],
    ['a damaged index', () => writeFile(at('.git', 'index'), 'x')],
    ['a lost .git', () => rm(at('.git'), { recursive: true })],
  ];
  async function stageAndPutBack(): Promise<void> {
    await writeFile(at('a.txt'), 'A\n');
    await run('add', 'a.txt');
    await writeFile(at('a.txt'), 'a\n');
  }

  it.each(WRITES)('changes with %s', async (_, write) => {
    const before = await snapshot.fingerprint();
    await write();
    expect(await snapshot.fingerprint()).not.toBe(before);
  });

  it('runs nothing that a reader has put into the configuration', async () => {
    const marker = join(repository.folder, 'ran');
    await writeFile(join(repository.folder, 'evil'), `#!/bin/sh\ntouch "${marker}"\n`, { mode: 0o755 });
    await run('config', 'core.fsmonitor', join(repository.folder, 'evil'));
    await snapshot.fingerprint();
    await expect(rm(marker)).rejects.toThrow('ENOENT');
  });
});
