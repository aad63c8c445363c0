import { inspect } from 'node:util';
import { UserError, type TrackerSettings } from '@nx-fleet/core';
import { createTracker } from '../create-tracker.js';
import { createSpawnedCommands } from '../spawn-commands.contract.js';
import { describeTracker, type GivenIssue } from '../tracker.contract.js';
import { issueJson, startServer, stopServers, type Script, type ScriptedAnswer } from './github-server.contract.js';
import { createGitHubTracker } from './github-tracker.js';

const TOKEN = 'ghp_secretSECRETsecret0123456789';
const TIMING = { timeoutMs: 10_000, waitUnitMs: 5 };
const ISSUE = '/repos/acme/shop/issues/42';
const BLOCKERS = `${ISSUE}/dependencies/blocked_by?per_page=100`;

afterEach(stopServers);

function context(env: Readonly<Record<string, string>> = { GITHUB_TOKEN: TOKEN }) {
  return { mainWorktree: process.cwd(), remoteUrl: null, env, commands: createSpawnedCommands() };
}

async function serve(
  script: Script,
  { env, timeoutMs = TIMING.timeoutMs }: { env?: Readonly<Record<string, string>>; timeoutMs?: number } = {},
) {
  const server = await startServer(script);
  const settings = { type: 'github', repository: 'acme/shop', apiUrl: server.url } as const;
  const tracker = createGitHubTracker(settings, context(env), { ...TIMING, timeoutMs });
  return { server, tracker, fault: () => faultOf(tracker.fetchIssue('42')) };
}

/** The one line of a refusal, after a look for the token everywhere in it. */
async function faultOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  const { message, cause } = error as UserError;
  const everything = [
    inspect(error, { depth: Infinity, showHidden: true, getters: true }),
    JSON.stringify(error),
    JSON.stringify(cause ?? null),
    message,
  ];
  expect(everything.join('\n')).not.toContain(TOKEN);
  expect(message).not.toContain('\n');
  return message;
}

/** An issue, and no dependencies of GitHub's own. */
function scriptedIssue(changes: Readonly<Record<string, unknown>>): Script {
  return (path) => (path === ISSUE ? { body: issueJson(42, changes) } : { status: 404, body: { message: 'Not Found' } });
}

function always(answer: ScriptedAnswer): Script {
  return () => answer;
}

function scriptedRepository(issues: readonly GivenIssue[]): Script {
  const json = (reference: string) => {
    const issue = issues.find((given) => given.reference === reference);
    return (
      issue &&
      issueJson(Number(reference), {
        title: issue.title ?? 'Title',
        body: issue.body ?? null,
        state: issue.state ?? 'open',
      })
    );
  };
  return (path) => {
    const [, reference = '', blockers] = /^\/repos\/acme\/shop\/issues\/(\d+)(\/dependencies\/blocked_by\?per_page=100)?$/.exec(path) ?? [];
    const issue = issues.find((given) => given.reference === reference);
    if (issue === undefined) {
      return { status: 404, body: { message: 'Not Found' } };
    }
    return { body: blockers === undefined ? json(reference) : (issue.blockedBy ?? []).map(json) };
  };
}

describeTracker('GitHub', async (issues) => (await serve(scriptedRepository(issues))).tracker);

describe('a GitHub tracker asks', () => {
  it('with the token, and with the version of the API', async () => {
    const { server, tracker } = await serve(scriptedIssue({}));
    await tracker.fetchIssue('42');
    expect(server.requests.map(({ path }) => path)).toEqual([ISSUE, BLOCKERS]);
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: `token ${TOKEN}`,
      'x-github-api-version': '2022-11-28',
    });
    expect(server.requests[0]?.headers['user-agent']).toMatch(/^nx-fleet /);
  });

  it('anonymously when no token is found', async () => {
    const { server, tracker } = await serve(scriptedIssue({}), { env: {} });
    await tracker.fetchIssue('42');
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  it.each(['42', '#42', 'https://github.com/acme/shop/issues/42', 'https://github.com/ACME/Shop/issues/42/?x=1#issuecomment-1'])(
    'for the issue that %s names',
    async (reference) => {
      const { tracker } = await serve(scriptedIssue({}));
      await expect(tracker.fetchIssue(reference)).resolves.toMatchObject({ reference: '42' });
    },
  );

  it('the API that GITHUB_API_URL names when the settings name none', async () => {
    const server = await startServer(scriptedIssue({}));
    const settings: TrackerSettings = { type: 'github' };
    const remoteUrl = 'git@github.com:acme/shop.git';
    const tracker = createTracker(settings, {
      ...context({ GITHUB_API_URL: `${server.url}/`, GITHUB_TOKEN: TOKEN }),
      remoteUrl,
    });
    await expect(tracker.fetchIssue('42')).resolves.toMatchObject({ title: 'Title 42' });
  });

  it('directly, whatever proxies the environment names', async () => {
    const proxies = {
      HTTP_PROXY: 'http://127.0.0.1:1',
      http_proxy: 'http://127.0.0.1:1',
      ALL_PROXY: 'http://127.0.0.1:1',
    };
    const { tracker } = await serve(scriptedIssue({}), {
      env: { ...proxies, GITHUB_TOKEN: TOKEN },
    });
    await expect(tracker.fetchIssue('42')).resolves.toMatchObject({ reference: '42' });
  });
});

describe('a GitHub tracker reads', () => {
  it('an issue without a body as one with an empty one', async () => {
    const { tracker } = await serve(scriptedIssue({ body: null }));
    await expect(tracker.fetchIssue('42')).resolves.toMatchObject({ body: '' });
  });

  it('blockers from the body and from the dependencies of the same repository', async () => {
    const dependencies = [
      issueJson(7),
      issueJson(41),
      issueJson(8, { repository_url: 'https://api.github.com/repos/acme/other' }),
      issueJson(9, { state: 'closed' }),
    ];
    const { tracker } = await serve((path) => ({
      body: path === ISSUE ? issueJson(42, { body: 'Blocked by #41, #9' }) : dependencies,
    }));
    await expect(tracker.fetchIssue('42')).resolves.toMatchObject({ blockedBy: ['41', '7'] });
  });

  it.each([403, 404, 410])('no dependencies where GitHub answers %d for them', async (status) => {
    const { tracker } = await serve((path) => (path === ISSUE ? { body: issueJson(42, { body: 'Depends on #1' }) } : { status, body: {} }));
    await expect(tracker.fetchIssue('42')).resolves.toMatchObject({ blockedBy: ['1'] });
  });

  it('no issue when its dependencies cannot be known', async () => {
    const reset = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1893456000' };
    const { fault } = await serve((path) => (path === ISSUE ? { body: issueJson(42) } : { status: 403, headers: reset, body: {} }));
    await expect(fault()).resolves.toContain('the rate limit is used up until 2030-01-01T00:00:00.000Z');
  });
});

describe('a GitHub tracker refuses', () => {
  it.each([
    ['PROJ-7', 'Issue "PROJ-7" is not a GitHub issue number. Give a number such as 42, or the URL of an issue of acme/shop.'],
    ['0', 'Issue "0" is not a GitHub issue number.'],
    ['https://github.com/acme/other/issues/42', 'Issue "https://github.com/acme/other/issues/42" is not of acme/shop.'],
    ['https://example.com/acme/shop/issues/42', 'is not of acme/shop.'],
    ['file:///acme/shop/issues/42', 'is not a GitHub issue number.'],
  ])('%s without asking', async (reference, text) => {
    const { server, tracker } = await serve(scriptedIssue({}));
    await expect(faultOf(tracker.fetchIssue(reference))).resolves.toContain(text);
    expect(server.requests).toEqual([]);
  });

  it('a pull request', async () => {
    const { fault } = await serve(scriptedIssue({ pull_request: { url: 'x' } }));
    await expect(fault()).resolves.toBe('"42" of acme/shop is a pull request, not an issue. Give the number of an issue.');
  });

  it('an issue that was moved to another repository', async () => {
    const { fault } = await serve((path) =>
      path === ISSUE
        ? { status: 301, headers: { location: '/repositories/9/issues/5' }, body: {} }
        : { body: issueJson(5, { html_url: 'https://github.com/acme/new/issues/5' }) },
    );
    await expect(fault()).resolves.toContain('was moved to "https://github.com/acme/new/issues/5"');
  });

  it('to guess a repository', async () => {
    const tracker = createTracker({ type: 'github' }, context());
    await expect(faultOf(tracker.fetchIssue('42'))).resolves.toContain(
      'No GitHub repository is known: remote "origin" does not exist. Set "tracker"',
    );
    const elsewhere = createTracker({ type: 'github' }, { ...context(), remoteUrl: 'https://gitlab.com/acme/shop.git' });
    await expect(faultOf(elsewhere.fetchIssue('42'))).resolves.toContain('the remote "origin" is not a GitHub repository');
  });

  it('to send a token where others can read it', async () => {
    const tracker = createTracker({ type: 'github', repository: 'acme/shop', apiUrl: 'http://github.example.com/api/v3' }, context());
    await expect(faultOf(tracker.fetchIssue('42'))).resolves.toContain('is not https');
  });

  it('an API URL with a password, without showing it', async () => {
    const tracker = createTracker({ type: 'github', repository: 'acme/shop', apiUrl: `https://x:${TOKEN}@github.example.com/` }, context());
    await expect(faultOf(tracker.fetchIssue('42'))).resolves.toContain('holds a user name or a password');
  });

  it('a token that cannot stand in a header, without showing it', async () => {
    const { fault, server } = await serve(scriptedIssue({}), {
      env: { GITHUB_TOKEN: `${TOKEN}\n${TOKEN}` },
    });
    await expect(fault()).resolves.toBe('"GITHUB_TOKEN" holds characters that a token cannot have. Set it again, or unset it.');
    expect(server.requests).toEqual([]);
  });
});

describe('a GitHub tracker explains in one line', () => {
  const subject = 'Issue "42" of acme/shop could not be read: ';

  it.each<[string, ScriptedAnswer, string]>([
    [
      'a bad token',
      { status: 401, body: { message: 'Bad credentials' } },
      'GitHub answered 401, the token is not valid. Set a valid GITHUB_TOKEN',
    ],
    [
      'a token that may not',
      { status: 403, body: { message: 'Resource not accessible' } },
      'GitHub answered 403, the token may not do this. Give it read access to the issues of acme/shop',
    ],
    [
      'an unknown issue',
      { status: 404, body: { message: 'Not Found' } },
      'GitHub answered 404. It does not exist, or the token cannot see it',
    ],
    ['a deleted issue', { status: 410, body: { message: 'Gone' } }, 'GitHub answered 410, it was deleted. Give another one.'],
    ['an odd status', { status: 422, body: { message: 'odd' } }, 'GitHub answered 422. Check "tracker" in the options.'],
    [
      'a used-up rate limit',
      {
        status: 403,
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1893456000' },
        body: { message: 'rate limit' },
      },
      'GitHub answered 403, the rate limit is used up until 2030-01-01T00:00:00.000Z. Try again then.',
    ],
    [
      'a long Retry-After',
      { status: 429, headers: { 'retry-after': '31' }, body: {} },
      'GitHub answered 429, too many requests. Try again in 31 seconds.',
    ],
    ['a 429 without Retry-After', { status: 429, body: {} }, 'GitHub answered 429, too many requests. Try again in 60 seconds.'],
  ])('%s, after one try', async (_what, answer, text) => {
    const { server, fault } = await serve(always(answer));
    await expect(fault()).resolves.toContain(subject + text);
    expect(server.requests).toHaveLength(1);
  });

  it.each<[string, ScriptedAnswer, string]>([
    ['a server in trouble', { status: 502, body: '<html>bad gateway</html>' }, 'GitHub answered 502, a fault on its side. Try again later'],
    [
      'a second rate limit',
      { status: 403, headers: { 'retry-after': '1' }, body: {} },
      'GitHub answered 403, too many requests. Try again in 1 seconds.',
    ],
    ['a connection that is closed', { fault: 'hang-up' }, 'is not reachable ('],
    ['an answer larger than 10 MB', { body: 'x'.repeat(10_000_001) }, 'is not reachable (the answer is larger than 10000000 bytes)'],
  ])('%s, after three tries', async (_what, answer, text) => {
    const { server, fault } = await serve(always(answer));
    const message = await fault();
    expect(message).toContain(subject);
    expect(message).toContain(text);
    expect(server.requests).toHaveLength(3);
  });

  it.each<[string, ScriptedAnswer]>([
    ['never comes', { fault: 'silence' }],
    ['stops half-way', { fault: 'stall', body: issueJson(42) }],
  ])('an answer that %s', async (_what, answer) => {
    const { server, fault } = await serve(always(answer), { timeoutMs: 200 });
    await expect(fault()).resolves.toContain('did not answer in time. Try again, or check the network.');
    expect(server.requests).toHaveLength(3);
  });

  it('a server that is not there', async () => {
    const { fault } = await serve(always({}));
    await stopServers();
    await expect(fault()).resolves.toMatch(
      /127\.0\.0\.1:\d+ is not reachable \(.*ECONNREFUSED.*\)\. Check the network and "tracker\.apiUrl"\.$/,
    );
  });

  it.each<[string, ScriptedAnswer, string]>([
    ['a login page', { body: '<html>Please log in</html>' }, 'the answer is not what GitHub sends'],
    ['broken JSON', { headers: { 'content-type': 'application/json' }, body: '{"number": 42' }, 'the answer is not what GitHub sends'],
    ['a missing title', { body: issueJson(42, { title: undefined }) }, '"title" is not what GitHub sends'],
    ['an unknown state', { body: issueJson(42, { state: '\u001B[31m' }) }, '"state" is not what GitHub sends'],
    ['a link that is no web page', { body: issueJson(42, { html_url: 'javascript:alert(1)' }) }, '"html_url" is not what GitHub sends'],
    ['a bare null', { body: 'null', headers: { 'content-type': 'application/json' } }, 'the answer is not what GitHub sends'],
    ['no content', { status: 204 }, 'the answer is not what GitHub sends'],
  ])('%s in place of an issue', async (_what, answer, text) => {
    const { fault } = await serve(always(answer));
    await expect(fault()).resolves.toContain(text);
  });

  it('what an anonymous user can do', async () => {
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1893456000' };
    const limited = await serve(always({ status: 403, headers, body: {} }), { env: {} });
    await expect(limited.fault()).resolves.toContain('With a token the limit is higher: set GITHUB_TOKEN, or run: gh auth login.');
    for (const status of [403, 404]) {
      const { fault } = await serve(always({ status, body: {} }), { env: {} });
      await expect(fault()).resolves.toMatch(/no token was found.*set GITHUB_TOKEN, or run: gh auth login/);
    }
  });
});

describe('a GitHub tracker keeps the token', () => {
  it('out of errors even when the server echoes it', async () => {
    const { fault } = await serve((_path, _attempt, { headers }) => ({
      status: 500,
      headers: { 'x-echo': headers.authorization ?? '' },
      body: { message: `You sent ${headers.authorization}` },
    }));
    await expect(fault()).resolves.toContain('GitHub answered 500');
  });

  it('from other hosts that GitHub points to', async () => {
    const other = await startServer(always({ body: issueJson(42) }));
    const { tracker } = await serve((path) =>
      path === ISSUE ? { status: 301, headers: { location: `${other.url}/elsewhere` }, body: {} } : { status: 404, body: {} },
    );
    await tracker.fetchIssue('42');
    expect(other.requests).toHaveLength(1);
    expect(other.requests[0]?.headers).not.toHaveProperty('authorization');
  });
});

describe('blockers that a GitHub issue names in its text', () => {
  it('count unless GitHub says that they are closed, whatever they are', async () => {
    const body = 'Blocked by #50, #51, #52, #53';
    const { tracker } = await serve((path) => {
      if (path === ISSUE) return { body: issueJson(42, { body }) };
      if (path.endsWith('/issues/50')) return { body: issueJson(50, { state: 'closed' }) };
      if (path.endsWith('/issues/51')) return { body: issueJson(51) };
      if (path.endsWith('/issues/52')) return { body: issueJson(52, { state: 'closed', pull_request: {} }) };
      return { status: 404, body: {} };
    });
    await expect(tracker.fetchIssue('42')).resolves.toMatchObject({ blockedBy: ['51', '53'] });
  });
});

describe('a GitHub tracker tries again', () => {
  it('after a passing fault', async () => {
    const { tracker } = await serve((path, attempt, request) =>
      path === ISSUE && attempt < 3 ? { status: 503, body: {} } : scriptedIssue({})(path, attempt, request),
    );
    await expect(tracker.fetchIssue('42')).resolves.toMatchObject({ reference: '42' });
  });

  it.each([403, 429])('after a %d, not before Retry-After is over', async (status) => {
    const times: number[] = [];
    const { tracker } = await serve((path, attempt, request) => {
      times.push(performance.now());
      return path === ISSUE && attempt === 1
        ? { status, headers: { 'retry-after': '30' }, body: {} }
        : scriptedIssue({})(path, attempt, request);
    });
    await expect(tracker.fetchIssue('42')).resolves.toMatchObject({ reference: '42' });
    // Timers may fire up to a millisecond early.
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(30 * TIMING.waitUnitMs - 2);
  });
});
