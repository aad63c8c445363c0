import { existsSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { UserError } from '@nx-fleet/core';
import { createGit } from '../create-git.js';
import { createTestRepository, type TestRepository } from '../testing/repository.fixture.js';

describe('fetchFromOrigin', () => {
  let repository: TestRepository;
  let origin: TestRepository;
  beforeEach(async () => {
    origin = await createTestRepository('origin');
    repository = await createTestRepository();
    await repository.run(['remote', 'add', 'origin', origin.path]);
  });
  afterEach(() => Promise.all([origin.remove(), repository.remove()]));
  const refs = () => repository.run(['for-each-ref', '--format=%(refname)']);

  it("fetches a pull request's ref and leaves no ref behind", async () => {
    const commit = await origin.commit('work', { 'a.txt': 'a\n' });
    await origin.run(['update-ref', 'refs/pull/12/head', commit]);
    const before = await refs();
    expect(await repository.git.fetchFromOrigin('refs/pull/12/head')).toBe(commit);
    expect(await refs()).toBe(before);
    expect(existsSync(join(repository.path, '.git', 'FETCH_HEAD'))).toBe(false);
    expect(await repository.git.changedFiles(`${commit}^`, commit)).toHaveLength(1);
  });

  it('moves the branch that tracks a fetched one, also when it was rewritten', async () => {
    await repository.git.fetchFromOrigin('refs/heads/main');
    await origin.run(['commit', '-q', '--amend', '--allow-empty', '-m', 'other']);
    const commit = await repository.git.fetchFromOrigin('refs/heads/main');
    expect(await repository.run(['rev-parse', 'refs/remotes/origin/main'])).toBe(commit);
  });

  it('fetches the same and other refs at the same time', async () => {
    for (let at = 0; at < 4; at += 1) await origin.run(['branch', `b${at}`]);
    const wanted = Array.from({ length: 12 }, (_, at) => `refs/heads/b${at % 4}`);
    const commit = await origin.run(['rev-parse', 'HEAD']);
    expect(await Promise.all(wanted.map((ref) => repository.git.fetchFromOrigin(ref)))).toEqual(wanted.map(() => commit));
  });

  it('takes away what a killed process fetched', async () => {
    await repository.run(['update-ref', 'refs/nx-fleet/fetching/4194305-abc', 'HEAD']);
    await repository.git.fetchFromOrigin('refs/heads/main');
    expect(await refs()).not.toContain('nx-fleet');
  });

  it('says that the ref is not there, or that there is no origin', async () => {
    const missing = repository.git.fetchFromOrigin('refs/pull/99/head');
    await expect(missing).rejects.toThrow(new UserError('"refs/pull/99/head" is not in "origin". Check its name, and that it was pushed.'));
    await expect(missing).rejects.toBeInstanceOf(UserError);
    await repository.run(['remote', 'remove', 'origin']);
    await expect(repository.git.fetchFromOrigin('refs/heads/main')).rejects.toThrow('Remote "origin" does not exist');
  });

  it.each([
    '--upload-pack=touch x',
    'main',
    '+refs/heads/main:refs/heads/x',
    'refs/heads/*',
    'refs/heads/a:refs/heads/b',
    'refs/heads/a b',
  ])('refuses "%s", which is not a full ref name', async (ref) => {
    await expect(repository.git.fetchFromOrigin(ref)).rejects.toThrow('is not a full ref name');
  });

  it('follows no option that the remote is called by', async () => {
    await repository.run(['config', 'remote.origin.url', '--upload-pack=touch pwned']);
    await expect(repository.git.fetchFromOrigin('refs/heads/main')).rejects.toBeInstanceOf(UserError);
    expect(existsSync(join(repository.path, 'pwned'))).toBe(false);
  });

  it("asks through the user's own SSH command", async () => {
    const script = join(repository.folder, 'my-ssh');
    await repository.write('my-ssh', `#!/bin/sh\nexec git-upload-pack "${origin.path}"\n`, repository.folder);
    await chmod(script, 0o755);
    await repository.run(['config', 'remote.origin.url', 'ssh://git@example.invalid/x.git']);
    const git = createGit(repository.path, { env: { ...repository.environment, GIT_SSH_COMMAND: script } });
    expect(await git.fetchFromOrigin('refs/heads/main')).toBe(await origin.run(['rev-parse', 'HEAD']));
  });

  it('follows configuration that stands in the environment, as CI gives it', async () => {
    await repository.run(['config', 'remote.origin.url', 'https://example.invalid/x.git']);
    const variables = {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `url.${origin.path}.insteadOf`,
      GIT_CONFIG_VALUE_0: 'https://example.invalid/x.git',
    };
    const git = createGit(repository.path, { env: { ...repository.environment, ...variables } });
    expect(await git.fetchFromOrigin('refs/heads/main')).toBe(await origin.run(['rev-parse', 'HEAD']));
  });

  describe('from a server that wants a login', () => {
    let server: Server;
    const seen: IncomingMessage[] = [];
    const url = (login = '') => `http://${login}127.0.0.1:${(server.address() as AddressInfo).port}/x.git`;
    beforeEach(async () => {
      seen.length = 0;
      server = createServer((request, response) => {
        seen.push(request);
        response.writeHead(request.headers.authorization === undefined ? 401 : 403, { 'www-authenticate': 'Basic realm="x"' }).end();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    });
    afterEach(() => new Promise((resolve) => server.close(resolve)));

    it('asks the helper for credentials, and no person', async () => {
      await repository.run(['config', 'remote.origin.url', url()]);
      await repository.run(['config', 'credential.helper', '!f() { echo username=ada; echo password=s3cr3t; }; f']);
      await expect(repository.git.fetchFromOrigin('refs/heads/main')).rejects.toThrow('"origin" could not be reached');
      const basic = `Basic ${Buffer.from('ada:s3cr3t').toString('base64')}`;
      expect(seen.map(({ headers }) => headers.authorization)).toContain(basic);
    });

    it('shows no credentials of the URL', async () => {
      await repository.run(['config', 'remote.origin.url', url('ada:s3cr3t@')]);
      const error: unknown = await repository.git.fetchFromOrigin('refs/heads/main').catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UserError);
      expect((error as UserError).message).toMatch(/^"origin" could not be reached: .*127\.0\.0\.1/);
      expect(JSON.stringify([String(error), (error as UserError).cause ?? null])).not.toMatch(/s3cr3t|ada/);
    });
  });
});
