import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createGit } from '../create-git.js';
import { createTestRepository, type TestRepository } from '../testing/repository.fixture.js';

describe('a repository with SHA-256 ids', () => {
  let repository: TestRepository;
  beforeAll(async () => {
    repository = await createTestRepository();
  });
  afterAll(() => repository.remove());

  it('has branches, bundles, merges and snapshots like any other', async () => {
    const path = join(repository.folder, 'sha256');
    const clone = join(repository.folder, 'clone');
    await mkdir(path);
    await repository.run(['init', '-q', '-b', 'main', '--object-format=sha256'], path);
    const base = await repository.commit('base', { 'AGENTS.md': 'strict\n' }, path);
    await repository.run(['clone', '-q', path, clone]);
    const head = await repository.commit('head', { 'AGENTS.md': 'lax\n', 'a.txt': 'a\n' }, path);
    const git = createGit(path, { env: repository.environment });
    const second = createGit(clone, { env: repository.environment });
    const bundle = join(repository.folder, 'x.bundle');

    await git.createBranch('issue/1', base);
    await git.createBundle(bundle, base, head);
    const tree = (await second.resolveTree(base)) ?? '';
    expect(await second.fetchBundle(bundle, tree, base)).toEqual({ kind: 'merged', commit: head });

    await repository.run(['checkout', '-q', 'issue/1'], path);
    const other = await repository.commit('other', { 'b.txt': 'b\n' }, path);
    expect(await git.mergeCommits([head, other], 'x')).toEqual({ kind: 'merged', commit: expect.stringMatching(/^[0-9a-f]{64}$/) });

    const snapshot = await git.createSnapshot({ tree: head, baseTree: base, pathsFromBase: ['AGENTS.md'] });
    expect(await repository.run(['diff', '--name-only', 'HEAD~1'], snapshot.directory)).toBe('a.txt');
    await snapshot.remove();
  });
});
