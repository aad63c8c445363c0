import { inspect } from 'node:util';
import { UserError } from '@nx-fleet/core';
import { createSpawnedCommands } from '../spawn-commands.contract.js';
import { pullRequestJson, startServer, stopServers, type Script } from './github-server.contract.js';
import { createGitHubTracker } from './github-tracker.js';

const TOKEN = 'ghp_secretSECRETsecret0123456789';
const FORK = { ref: 'issue/1', sha: 'c'.repeat(40), repo: { full_name: 'eve/shop' } };

afterEach(stopServers);

async function serve(script: Script, timeoutMs = 10_000) {
  const server = await startServer(script);
  const settings = { type: 'github', repository: 'acme/shop', apiUrl: server.url } as const;
  const context = { mainWorktree: process.cwd(), remoteUrl: null, env: { GITHUB_TOKEN: TOKEN }, commands: createSpawnedCommands() };
  const tracker = createGitHubTracker(settings, context, { timeoutMs, waitUnitMs: 5 });
  return {
    server,
    fetch: async (number = 12) => tracker.fetchPullRequest?.(number),
    of: async (branch = 'issue/1') => tracker.pullRequestsOf?.(branch),
  };
}

async function faultOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain(TOKEN);
  expect((error as UserError).message).not.toContain('\n');
  return (error as UserError).message;
}

describe('a GitHub tracker fetches a pull request', () => {
  it('by its number', async () => {
    const { server, fetch } = await serve(() => ({ body: pullRequestJson(12, { body: 'Why' }) }));
    expect(await fetch()).toEqual({
      number: 12,
      title: 'Title 12',
      body: 'Why',
      url: 'https://github.com/acme/shop/pull/12',
      state: 'open',
      branch: 'issue/1',
      head: 'a'.repeat(40),
      baseBranch: 'main',
      isFork: false,
      ref: 'refs/pull/12/head',
    });
    expect(server.requests.map(({ path }) => path)).toEqual(['/repos/acme/shop/pulls/12']);
    expect(server.requests[0]?.headers['authorization']).toBe(`token ${TOKEN}`);
  });

  it.each([
    ['merged', { state: 'closed', merged_at: '2026-01-01T00:00:00Z' }],
    ['closed', { state: 'closed', merged_at: null }],
    ['open', { state: 'open', draft: true }],
  ])('and tells that it is %s', async (state, changes) => {
    const { fetch } = await serve(() => ({ body: pullRequestJson(12, changes) }));
    expect(await fetch()).toMatchObject({ state });
  });

  it.each([
    ['another repository', FORK],
    ['one that was deleted', { ...FORK, repo: null }],
  ])('and tells that its branch is of %s', async (_what, head) => {
    const { fetch } = await serve(() => ({ body: pullRequestJson(12, { head }) }));
    expect(await fetch()).toMatchObject({ isFork: true, branch: 'issue/1', ref: 'refs/pull/12/head' });
  });

  it.each([0, -1, 1.5, Number.NaN, 1e12])('but asks nothing for %d', async (number) => {
    const { server, fetch } = await serve(() => ({ body: pullRequestJson(12) }));
    expect(await faultOf(fetch(number))).toContain('is not the number of a pull request');
    expect(server.requests).toEqual([]);
  });

  it('and says what is wrong in one line', async () => {
    const missing = await serve(() => ({ status: 404, body: { message: 'Not Found' } }));
    expect(await faultOf(missing.fetch())).toBe(
      'Pull request "12" of acme/shop could not be read: GitHub answered 404. It does not exist, or the token cannot see it: check the number and the repository, and that the token has read access to the pull requests of acme/shop.',
    );
    const broken = await serve(() => ({ body: pullRequestJson(12, { head: { ...FORK, sha: '--x' } }) }));
    expect(await faultOf(broken.fetch())).toContain('"head.sha" is not what GitHub sends');
    const moved = await serve(() => ({ body: pullRequestJson(13) }));
    expect(await faultOf(moved.fetch())).toContain('was moved to');
  });
});

describe('a GitHub tracker fetches the pull requests of a branch', () => {
  it('of the owner, newest first, and leaves out those of forks and of other branches', async () => {
    const other = { ref: 'issue/10', sha: 'd'.repeat(40), repo: { full_name: 'acme/shop' } };
    const answer = [
      pullRequestJson(3),
      pullRequestJson(9, { state: 'closed' }),
      pullRequestJson(5, { head: FORK }),
      pullRequestJson(7, { head: other }),
    ];
    const { server, of } = await serve(() => ({ body: answer }));
    expect((await of())?.map(({ number, state }) => [number, state])).toEqual([
      [9, 'closed'],
      [3, 'open'],
    ]);
    const { pathname, searchParams } = new URL(server.requests[0]?.path ?? '', server.url);
    expect([pathname, Object.fromEntries(searchParams)]).toEqual([
      '/repos/acme/shop/pulls',
      { state: 'all', head: 'acme:issue/1', sort: 'created', direction: 'desc', per_page: '100' },
    ]);
  });

  it('with odd names as they are', async () => {
    const { server, of } = await serve(() => ({ body: [] }));
    expect(await of('a&head=x#ü%')).toEqual([]);
    expect(new URL(server.requests[0]?.path ?? '', server.url).searchParams.get('head')).toBe('acme:a&head=x#ü%');
  });

  it('or none', async () => {
    const { of } = await serve(() => ({ body: [] }));
    expect(await of()).toEqual([]);
  });

  it('and gives up after a second try, for somebody waits', async () => {
    const { server, of } = await serve(() => ({ fault: 'silence' }), 200);
    expect(await faultOf(of())).toContain('The pull requests of "issue/1" of acme/shop could not be read: 127.0.0.1');
    expect(server.requests).toHaveLength(2);
  });

  it('and does not wait for a long Retry-After', async () => {
    const { server, of } = await serve(() => ({ status: 429, headers: { 'retry-after': '20' }, body: {} }));
    expect(await faultOf(of())).toContain('Try again in 20 seconds.');
    expect(server.requests).toHaveLength(1);
  });
});
