import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from '@nx-fleet/core';
import { createGit } from '../create-git.js';
import { createTestRepository, type TestRepository } from '../testing/repository.fixture.js';
import { parseBundleHeader } from './bundle.js';

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

  const baseTree = (): Promise<string> => repository.run(['rev-parse', `${base}^{tree}`]);
  const fetch = async (onto = base): ReturnType<Git['fetchBundle']> => second.fetchBundle(file, await baseTree(), onto);

  it('carries commits into another clone, with their ids', async () => {
    await repository.git.createBundle(file, base, head);
    expect(await second.resolveCommit(head)).toBeNull();
    expect(await fetch()).toEqual({ kind: 'merged', commit: head });
    expect(await fetch()).toEqual({ kind: 'merged', commit: head });
    expect((await second.log(base, head)).map((commit) => commit.subject)).toEqual(['one', 'two']);
    expect(await second.listRefs('refs/heads/')).toEqual([{ ref: 'refs/heads/main', commit: base }]);
  });

  it('brings them onto a commit of another name with the same files', async () => {
    await repository.git.createBundle(file, base, head);
    await repository.run(['commit', '-q', '--amend', '-m', 'another message'], clone);
    const other = (await second.resolveCommit('HEAD')) ?? '';
    const moved = await fetch(other);
    const commit = moved.kind === 'merged' ? moved.commit : '';
    expect(await second.resolveTree(commit)).toBe(await repository.git.resolveTree(head));
    expect((await second.log(other, commit)).map(({ subject }) => subject)).toEqual(['one', 'two']);
  });

  it('leaves no ref behind in either, and touches no FETCH_HEAD', async () => {
    const before = [await repository.run(['for-each-ref']), await repository.run(['for-each-ref'], clone)];
    await repository.git.createBundle(file, base, head);
    await fetch();
    expect([await repository.run(['for-each-ref']), await repository.run(['for-each-ref'], clone)]).toEqual(before);
    await expect(repository.run(['rev-parse', '--verify', '-q', 'FETCH_HEAD'], clone)).rejects.toThrow('Command failed');
  });

  it('runs no hook, and prunes nothing although the user asks git to', async () => {
    await repository.run(['config', 'fetch.prune', 'true'], clone);
    await repository.git.createBundle(file, base, head);
    await fetch();
    expect(await second.readRef('refs/remotes/origin/main')).toBe(base);
  });

  it('is refused where it builds on other files, and where these are not here', async () => {
    const one = await repository.run(['rev-parse', `${head}~1`]);
    await repository.git.createBundle(file, one, head);
    await expect(fetch()).rejects.toThrow('builds on something else');
    await expect(second.fetchBundle(file, await repository.run(['rev-parse', `${one}^{tree}`]), base)).rejects.toThrow('are not here');
  });

  it('refuses to be empty', async () => {
    await expect(repository.git.createBundle(file, head, head)).rejects.toThrow(`No commit between ${head} and ${head}`);
    await expect(repository.git.createBundle(file, head, base)).rejects.toThrow('No commit between');
  });

  it('refuses a file that is none', async () => {
    await writeFile(file, 'something else\n\n');
    await expect(fetch()).rejects.toThrow(`"${file}" is not a git bundle`);
    await writeFile(file, '');
    await expect(fetch()).rejects.toThrow(`"${file}" is not a git bundle`);
    await expect(second.fetchBundle(join(repository.folder, 'nowhere'), await baseTree(), base)).rejects.toThrow('ENOENT');
  });

  it('refuses one whose pack is damaged', async () => {
    await repository.git.createBundle(file, base, head);
    const bundle = await readFile(file);
    await writeFile(file, bundle.subarray(0, bundle.length - 40));
    await expect(fetch()).rejects.toThrow('git fetch failed');
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
      expect(() => parseBundleHeader(`# v2 git bundle\n${line}`, 'f')).toThrow('"f" is not a git bundle');
    },
  );
});
