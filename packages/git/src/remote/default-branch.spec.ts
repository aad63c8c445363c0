import { join } from 'node:path';
import type { Git } from '@nx-fleet/core';
import { createGit } from '../create-git.js';
import { createTestRepository, type TestRepository } from '../testing/repository.fixture.js';
import { withoutCredentials } from './origin.js';

describe('the default branch', () => {
  let repository: TestRepository;
  let clone: string;
  let git: Git;
  beforeEach(async () => {
    repository = await createTestRepository();
    await repository.run(['branch', 'develop']);
    clone = join(repository.folder, 'clone');
    await repository.run(['clone', '-q', repository.path, clone]);
    git = createGit(clone, { env: repository.environment });
  });
  afterEach(() => repository.remove());

  it("is what the remote's HEAD says", async () => {
    expect(await git.defaultBranch()).toBe('origin/main');
    await repository.run(['remote', 'set-head', 'origin', 'develop'], clone);
    expect(await git.defaultBranch()).toBe('origin/develop');
  });

  it("is unknown when the remote's HEAD is not known and there are two branches", async () => {
    await repository.run(['remote', 'set-head', 'origin', '--delete'], clone);
    expect(await git.defaultBranch()).toBeNull();
    await repository.run(['update-ref', '-d', 'refs/remotes/origin/develop'], clone);
    expect(await git.defaultBranch()).toBe('origin/main');
  });

  it("is unknown when the remote's HEAD names a branch that is gone", async () => {
    await repository.run(['update-ref', 'refs/remotes/origin/third', 'HEAD'], clone);
    await repository.run(['update-ref', '-d', 'refs/remotes/origin/main'], clone);
    expect(await git.defaultBranch()).toBeNull();
  });

  it('is unknown when the only remote has another name', async () => {
    await repository.run(['remote', 'rename', 'origin', 'upstream'], clone);
    expect(await git.defaultBranch()).toBeNull();
  });

  it('is the configured or the only local one without a remote', async () => {
    expect(await repository.git.defaultBranch()).toBeNull();
    await repository.run(['config', 'init.defaultBranch', 'develop']);
    expect(await repository.git.defaultBranch()).toBe('develop');
    await repository.run(['config', 'init.defaultBranch', 'trunk']);
    expect(await repository.git.defaultBranch()).toBeNull();
    await repository.run(['branch', '-D', 'develop']);
    await repository.run(['branch', 'issue/1']);
    await repository.run(['branch', 'restored/issue-1-20260101T000000Z']);
    expect(await repository.git.defaultBranch()).toBe('main');
  });

  it('is none of the branches that are said to be of issues', async () => {
    expect(await repository.git.defaultBranch(['develop'])).toBe('main');
    await repository.run(['remote', 'set-head', 'origin', '--delete'], clone);
    expect(await git.defaultBranch(['develop'])).toBe('origin/main');
  });

  it('is never taken from the branch that somebody happens to work on', async () => {
    await repository.run(['checkout', '-q', '-b', 'feature']);
    expect(await repository.git.defaultBranch()).toBeNull();
  });

  it('comes with the address of the remote, if there is one', async () => {
    expect(await git.remoteUrl()).toBe(repository.path);
    expect(await repository.git.remoteUrl()).toBeNull();
    await repository.run(['remote', 'set-url', 'origin', 'https://ada:s3cret@example.com/a/b.git'], clone);
    expect(await git.remoteUrl()).toBe('https://example.com/a/b.git');
  });
});

describe('withoutCredentials', () => {
  it.each([
    ['https://user:token@host/a/b.git', 'https://host/a/b.git'],
    ['https://token@host:8443/a/b', 'https://host:8443/a/b'],
    ['https://user:p@ss@host/a', 'https://host/a'],
    ['HTTPS://u:p@host/@scope/a', 'HTTPS://host/@scope/a'],
    ['https://host/a?private_token=x#y', 'https://host/a'],
    ['ssh://git:pw@host:22/a/b.git', 'ssh://git@host:22/a/b.git'],
    ['git@github.com:owner/repo.git', 'git@github.com:owner/repo.git'],
    ['/srv/a@b.git', '/srv/a@b.git'],
  ])('makes of %s', (url, expected) => {
    expect(withoutCredentials(url)).toBe(expected);
  });
});
