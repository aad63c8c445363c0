import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError, type Git } from '@nx-fleet/core';
import { MissingCommitError, parseBundleHeader } from './bundle.js';
import { createGit } from './create-git.js';
import { createTestRepository, type TestRepository } from './repository.fixture.js';

describe('bundles', () => {
  let repository: TestRepository;
  let base: string;
  let head: string;
  let file: string;
  let clone: string;
  let second: Git;
  beforeEach(async () => {
    repository = await createTestRepository();
    base = await repository.run(['rev-parse', 'HEAD']);
    clone = join(repository.folder, 'second clone');
    await repository.run(['clone', '-q', repository.path, clone]);
    await repository.run(['checkout', '-q', '-b', 'issue/1']);
    await repository.commit('one', { 'one.txt': '1\n' });
    head = await repository.commit('two', { 'two.txt': '2\n' });
    file = join(repository.folder, 'a branch.bundle');
    second = createGit(clone, { env: repository.environment });
  });
  afterEach(() => repository.remove());

  it('carries commits into another clone, where they survive a clean-up', async () => {
    await repository.git.createBundle(file, base, head);
    expect(await second.resolveCommit(head)).toBeNull();
    await second.fetchBundle(file);
    await second.fetchBundle(file);
    await repository.run(['reflog', 'expire', '--expire=now', '--all'], clone);
    await repository.run(['gc', '-q', '--prune=now'], clone);
    expect(await second.resolveCommit(head)).toBe(head);
    expect((await second.log(base, head)).map((commit) => commit.subject)).toEqual(['one', 'two']);
    expect(await second.listRefs('refs/heads/')).toEqual([{ ref: 'refs/heads/main', commit: base }]);
  });

  it('leaves no ref behind and touches no FETCH_HEAD', async () => {
    const before = await repository.run(['for-each-ref']);
    await repository.git.createBundle(file, base, head);
    expect(await repository.run(['for-each-ref'])).toBe(before);
    await second.fetchBundle(file);
    await expect(repository.run(['rev-parse', '--verify', '-q', 'FETCH_HEAD'], clone)).rejects.toThrow('Command failed');
  });

  it('runs no hook, and prunes nothing although the user asks git to', async () => {
    await repository.run(['config', 'fetch.prune', 'true'], clone);
    await repository.git.createBundle(file, base, `${head}~1`);
    await second.fetchBundle(file);
    await repository.git.createBundle(file, base, head);
    await second.fetchBundle(file);
    expect(await second.listRefs('refs/nx-fleet/fetched/')).toHaveLength(2);
    expect(await second.readRef('refs/remotes/origin/main')).toBe(base);
  });

  it('names the commit that it builds on when that is missing', async () => {
    const one = await repository.run(['rev-parse', `${head}~1`]);
    await repository.git.createBundle(file, one, head);
    const fetched = second.fetchBundle(file);
    await expect(fetched).rejects.toThrow(`lacks commit ${one}`);
    await expect(fetched).rejects.toBeInstanceOf(MissingCommitError);
    await expect(fetched).rejects.toBeInstanceOf(UserError);
    await expect(fetched).rejects.toHaveProperty('commit', one);
  });

  it('refuses to be empty', async () => {
    await expect(repository.git.createBundle(file, head, head)).rejects.toThrow(`There is no commit between ${head} and ${head}`);
    await expect(repository.git.createBundle(file, head, base)).rejects.toThrow('There is no commit between');
  });

  it('refuses a file that is none', async () => {
    await writeFile(file, 'something else\n\n');
    await expect(second.fetchBundle(file)).rejects.toThrow(`"${file}" is no git bundle`);
    await writeFile(file, '');
    await expect(second.fetchBundle(file)).rejects.toThrow(`"${file}" is no git bundle`);
    await expect(second.fetchBundle(join(repository.folder, 'nowhere'))).rejects.toThrow('ENOENT');
  });

  it('refuses one whose pack is damaged', async () => {
    await writeFile(file, `# v2 git bundle\n-${base} x\n${head} refs/heads/x\n\nPACKnothing`);
    await expect(second.fetchBundle(file)).rejects.toThrow('git fetch failed');
    expect(await second.resolveCommit(head)).toBeNull();
  });
});

describe('parseBundleHeader', () => {
  const id = 'a'.repeat(40);
  it('reads prerequisites and heads, and passes over capabilities', () => {
    const header = `# v3 git bundle\n@object-format=sha1\n-${id} subject\n-${id}\n${id} refs/heads/x\n${id} HEAD`;
    expect(parseBundleHeader(header, 'f')).toEqual({
      prerequisites: [id, id],
      heads: [
        { commit: id, ref: 'refs/heads/x' },
        { commit: id, ref: 'HEAD' },
      ],
    });
  });

  it.each([`${id} refs/heads/a:refs/heads/main`, `${id} refs/*`, `${id} --upload-pack=x`, 'short refs/heads/x', ''])(
    'refuses the line %j',
    (line) => {
      expect(() => parseBundleHeader(`# v2 git bundle\n${line}`, 'f')).toThrow('"f" is no git bundle');
    },
  );
});
