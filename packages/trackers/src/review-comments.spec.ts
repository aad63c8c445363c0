import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { UserError, type ReviewComments, type ReviewPlace } from '@nx-fleet/core';
import { describeReviewComments } from '../../core/src/publish/review-comments.contract.js';
import { findReviewPlace } from './find-review-place.js';
import { stopServers, type ScriptedAnswer } from './github/github-server.contract.js';
import { gitHubDialect, gitLabDialect, servePullRequest, type Fault, type PullRequestServer } from './pull-request-server.contract.js';
import { createSpawnedCommands } from './spawn-commands.contract.js';

const TOKEN = 'ghp_secretSECRETsecret0123456789';
const MARKER = '<!-- nx-fleet review -->';
const TIMING = { timeoutMs: 5_000, waitUnitMs: 1 };
const HERE = { full_name: 'acme/shop' };

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nx-fleet-trackers-'));
});
afterEach(async () => {
  await stopServers();
  await rm(folder, { recursive: true });
});

type Env = Readonly<Record<string, string>>;

/** The environment of a run of GitHub Actions for an event. */
async function gitHubRun(event: unknown, env: Env): Promise<Env> {
  const file = join(folder, 'event.json');
  await writeFile(file, typeof event === 'string' ? event : JSON.stringify(event));
  return { GITHUB_ACTIONS: 'true', GITHUB_EVENT_PATH: file, GITHUB_REPOSITORY: 'acme/shop', ...env };
}

function gitLabRun(env: Env): Env {
  const project = { CI_PROJECT_ID: '7', CI_MERGE_REQUEST_PROJECT_ID: '7', CI_MERGE_REQUEST_PROJECT_PATH: 'acme/shop' };
  return { GITLAB_CI: 'true', ...project, CI_MERGE_REQUEST_IID: '12', CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '7', ...env };
}

async function placeFor(env: Env): Promise<ReviewPlace> {
  return findReviewPlace({ env, commands: createSpawnedCommands(), mainWorktree: folder }, TIMING);
}

async function requireComments(env: Env): Promise<ReviewComments> {
  const place = await placeFor(env);
  if (place.kind === 'nowhere') throw new Error(place.why);
  return place.comments;
}

const PULL_REQUEST = { number: 12, head: { repo: HERE }, base: { repo: HERE } };

interface Served {
  readonly server: PullRequestServer;
  readonly comments: ReviewComments;
}

const SYSTEMS: Readonly<Record<string, (fault?: Fault) => Promise<Served>>> = {
  GitHub: async (fault) => {
    const server = await servePullRequest(gitHubDialect, fault);
    const env = await gitHubRun({ pull_request: PULL_REQUEST }, { GITHUB_API_URL: server.url, GITHUB_TOKEN: TOKEN });
    return { server, comments: await requireComments(env) };
  },
  GitLab: async (fault) => {
    const server = await servePullRequest(gitLabDialect, fault);
    return { server, comments: await requireComments(gitLabRun({ CI_API_V4_URL: `${server.url}/api/v4`, GITLAB_TOKEN: TOKEN })) };
  },
};

describe.each(Object.entries(SYSTEMS))('On %s', (name, serve) => {
  describeReviewComments(name, async () => {
    const { server, comments } = await serve();
    return { comments, add: (writer, body) => void server.add(writer, body), all: () => server.comments };
  });

  it.each<[string, ScriptedAnswer]>([
    ['an error of the server', { status: 500, body: {} }],
    ['a connection that ends', { fault: 'hang-up' }],
    ['too many requests', { status: 429, headers: { 'retry-after': '1' }, body: {} }],
  ])('another try follows %s', async (_, fault) => {
    const { server, comments } = await serve(({ method, path }, attempt) =>
      attempt === 1 && (method !== 'POST' || path === '/graphql') ? fault : null,
    );
    server.add('us', `${MARKER} one`);
    await comments.update('1000', `${MARKER} two`);
    expect((await comments.readThread(MARKER)).own).toEqual([{ id: '1000', body: `${MARKER} two` }]);
  });

  it.each<[string, ScriptedAnswer, number]>([
    ['an error of the server', { status: 502, body: {} }, 1],
    ['a connection that ends', { fault: 'hang-up' }, 1],
    ['a refusal for now', { status: 429, headers: { 'retry-after': '1' }, body: {} }, 2],
  ])('what creates something is sent once after %s, since it may be there', async (_, fault, sent) => {
    const { server, comments } = await serve(({ method, path }, attempt) =>
      method === 'POST' && path !== '/graphql' && attempt === 1 ? fault : null,
    );
    const error: unknown = await comments
      .create(`${MARKER} one`)
      .then(() => null)
      .catch((thrown: unknown) => thrown);
    expect(error instanceof UserError).toBe(sent === 1);
    expect(server.requests.filter(({ method }) => method === 'POST')).toHaveLength(sent);
  });

  it('nobody dismisses but people who can write, and each is asked about once', async () => {
    const { server, comments } = await serve();
    for (const writer of ['member', 'reader', 'bot', 'left', 'ghost', 'outsider', 'member'] as const)
      server.add(writer, 'nx-fleet dismiss 0123456789ab x');
    const { replies } = await comments.readThread(MARKER);
    expect(replies.map(({ mayDismiss }) => mayDismiss)).toEqual([true, false, false, false, false, false, true]);
    const asked = server.requests.filter(({ path }) => /collaborators|members/.test(path)).map(({ path }) => path);
    expect(new Set(asked).size).toBe(asked.length);
  });

  it.each<[string, ScriptedAnswer]>([
    ['refuses to say', { status: 403, body: {} }],
    ['fails', { status: 500, body: {} }],
    ['answers something else', { body: { permission: 7, access_level: 'x' } }],
  ])('nobody dismisses where the server %s who can write', async (_, fault) => {
    const { server, comments } = await serve(({ path }) => (/collaborators|members/.test(path) ? fault : null));
    server.add('member', 'nx-fleet dismiss 0123456789ab x');
    expect((await comments.readThread(MARKER)).replies.map(({ mayDismiss }) => mayDismiss)).toEqual([false]);
  });

  it.each<[string, ScriptedAnswer, RegExp]>([
    ['a token that is not valid', { status: 401, body: { message: `Bad ${TOKEN}` } }, /401, the token is not valid\. Set a valid GIT/],
    ['a token that may not', { status: 403, body: { message: TOKEN } }, /403, the token may not do this\. Give it/],
    ['a pull request that is not there', { status: 404, body: {} }, /token/],
    ['too many requests for long', { status: 429, headers: { 'retry-after': '3600' }, body: {} }, /429, too many requests/],
    ['a server that fails on', { status: 502, body: {} }, /502, a fault on its side/],
    ['a page of something else', { body: '<html>' }, /proxy or login page/],
    ['an answer of another form', { body: { id: 'x' } }, /proxy or login page/],
    ['a connection that always ends', { fault: 'hang-up' }, /is not reachable/],
  ])('%s is one line that says what to do, without the token', async (_, fault, expected) => {
    const { comments } = await serve(() => fault);
    const error: unknown = await comments.readThread(MARKER).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(expected);
    expect((error as UserError).message).toMatch(/^[^\n]{20,500}$/);
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain(TOKEN);
  });

  it('a text that may not be written is said to be so', async () => {
    const { comments } = await serve(({ method }) => (method === 'GET' ? null : { status: 403, body: {} }));
    await expect(comments.create('x')).rejects.toThrow(/could not be written: .*403/);
    await expect(comments.update('1000', 'x')).rejects.toThrow(/could not be written: .*403/);
    await expect(comments.remove('1000')).rejects.toThrow(/could not be written: .*403/);
  });

  it('the token goes along with each request, and stands in no address', async () => {
    const { server, comments } = await serve();
    await comments.readThread(MARKER);
    await comments.create('x');
    expect(server.requests.length).toBeGreaterThan(2);
    expect(server.requests.map(({ headers }) => headers['authorization']?.split(' ')[1])).toEqual(server.requests.map(() => TOKEN));
    expect(server.requests.filter(({ path }) => path.includes(TOKEN))).toEqual([]);
  });
});

it('GitLab is followed to no other address, where the token would go along', async () => {
  const other = await servePullRequest(gitLabDialect);
  const { comments } = await (SYSTEMS['GitLab']?.(() => ({ status: 302, headers: { location: `${other.url}/api/v4/user` }, body: '' })) ??
    Promise.reject(new Error('no GitLab')));
  await expect(comments.readThread(MARKER)).rejects.toThrow('302');
  expect(other.requests).toEqual([]);
});

describe('findReviewPlace', () => {
  const api = { GITHUB_API_URL: 'http://127.0.0.1:1', GITHUB_TOKEN: TOKEN };
  const gitLab = { CI_API_V4_URL: 'http://127.0.0.1:1/api/v4', GITLAB_TOKEN: TOKEN };
  const fork = { repo: { full_name: 'eve/shop' } };
  const whyOf = async (env: Env): Promise<string> => {
    const place = await placeFor(env);
    return place.kind === 'nowhere' ? place.why : place.comments.place;
  };

  it('is the pull request of the event, or the merge request of the pipeline', async () => {
    expect(await whyOf(await gitHubRun({ pull_request: PULL_REQUEST }, api))).toBe('acme/shop#12');
    expect(await whyOf(gitLabRun(gitLab))).toBe('acme/shop!12');
  });

  it('is nowhere outside of a pipeline, whatever tokens there are', async () => {
    expect(await whyOf({ ...api, GITLAB_TOKEN: TOKEN })).toContain('not a pipeline');
  });

  it('is nowhere where a run is for no pull request', async () => {
    expect(await whyOf(await gitHubRun({ ref: 'refs/heads/main' }, api))).toContain('not for a pull request');
    expect(await whyOf(await gitHubRun({ merge_group: { head_ref: 'refs/heads/x/pr-7' } }, api))).toContain('not for a pull request');
    expect(await whyOf(gitLabRun({ ...gitLab, CI_MERGE_REQUEST_IID: '' }))).toContain('not for a merge request');
  });

  it('may be read and not written in the merge queue', async () => {
    const merge_group = { head_ref: `refs/heads/gh-readonly-queue/main/pr-12-${'a'.repeat(40)}` };
    expect(await placeFor(await gitHubRun({ merge_group }, api))).toMatchObject({ kind: 'read-only', comments: { place: 'acme/shop#12' } });
  });

  it.each([[fork], [{ repo: null }]])('is nowhere for a fork, even with a token: %j', async (head) => {
    expect(await whyOf(await gitHubRun({ pull_request: { ...PULL_REQUEST, head } }, api))).toContain('fork');
  });

  it('is nowhere for a fork on GitLab, even with a token', async () => {
    expect(await whyOf(gitLabRun({ ...gitLab, CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '8' }))).toContain('fork');
  });

  it('is nowhere without a token', async () => {
    expect(await whyOf(await gitHubRun({ pull_request: PULL_REQUEST }, { GITHUB_API_URL: 'http://127.0.0.1:1' }))).toContain(
      'GITHUB_TOKEN',
    );
    expect(await whyOf(gitLabRun({ CI_API_V4_URL: 'http://127.0.0.1:1', GITLAB_TOKEN: ' ' }))).toContain('GITLAB_TOKEN');
  });

  it.each([
    ['GITHUB_REPOSITORY', async () => gitHubRun({ pull_request: PULL_REQUEST }, { ...api, GITHUB_REPOSITORY: '../x' })],
    ['GITHUB_EVENT_PATH', async () => gitHubRun('{', api)],
    ['gone.json" (GITHUB_EVENT_PATH)', async () => ({ ...(await gitHubRun({}, api)), GITHUB_EVENT_PATH: join(folder, 'gone.json') })],
    ['GITHUB_EVENT_PATH', async () => gitHubRun({ pull_request: { number: '12' } }, api)],
    ['not https', async () => gitHubRun({ pull_request: PULL_REQUEST }, { ...api, GITHUB_API_URL: 'http://example.com' })],
    ['CI_MERGE_REQUEST_IID', async () => gitLabRun({ ...gitLab, CI_MERGE_REQUEST_IID: '12/../13' })],
    ['CI_PROJECT_ID', async () => gitLabRun({ ...gitLab, CI_PROJECT_ID: 'acme%2Fshop/../x' })],
    ['not https', async () => gitLabRun({ ...gitLab, CI_API_V4_URL: 'http://example.com/api/v4' })],
  ])('names %s where the environment is not what a pipeline sets', async (expected, env) => {
    const error: unknown = await placeFor(await env()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toContain(expected);
    expect((error as UserError).message).not.toContain('\n');
  });
});
