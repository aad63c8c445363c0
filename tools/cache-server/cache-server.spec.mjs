import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRelay } from './relay.mjs';
import { startCacheServer } from './server.mjs';

const TOKENS = { write: 'writer-token', read: 'reader-token' };
const WRITER = { authorization: 'Bearer writer-token' };
const READER = { authorization: 'Bearer reader-token' };

describe('the cache server', () => {
  let folder;
  let directory;
  let server;
  let requests;
  const at = (path) => `${server.url}${path}`;
  const put = (hash, body, headers = WRITER) => fetch(at(`/v1/cache/${hash}`), { method: 'PUT', headers, body });
  const get = (hash, headers = READER) => fetch(at(`/v1/cache/${hash}`), { headers });
  const answerOf = async (answering) => {
    const response = await answering;
    return [response.status, await response.text()];
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(realpathSync(tmpdir()), 'nx-fleet-cache-'));
    directory = join(folder, 'artifacts');
    requests = [];
    server = await startCacheServer({
      directory,
      tokens: TOKENS,
      socket: join(folder, 'socket'),
      onRequest: (request) => requests.push(request),
    });
  });
  afterEach(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  it('gives back, byte for byte, what was stored, with either token', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
    expect((await put('123', bytes)).status).toBe(200);
    for (const headers of [WRITER, READER]) {
      const response = await get('123', headers);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/octet-stream']);
      expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    }
    while (requests.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(requests.map(({ method, status }) => `${method} ${status}`)).toEqual(['PUT 200', 'GET 200', 'GET 200']);
  });

  it('knows nothing of what was not stored', async () => {
    expect(await answerOf(get('123'))).toEqual([404, 'The record was not found']);
  });

  it('never writes over a record', async () => {
    await put('123', 'first');
    expect(await answerOf(put('123', 'second'))).toEqual([409, 'Cannot override an existing record']);
    expect(await answerOf(get('123'))).toEqual([200, 'first']);
    const raced = await Promise.all(['a', 'b', 'c', 'd'].map((body) => put('456', body)));
    expect(raced.map(({ status }) => String(status)).toSorted()).toEqual(['200', '409', '409', '409']);
    expect(readdirSync(directory).toSorted()).toEqual(['123', '456']);
  });

  it('lets the read-only token store nothing', async () => {
    expect(await answerOf(put('123', 'x'.repeat(1_000_000), READER))).toEqual([403, 'This token may not write']);
    expect((await get('123')).status).toBe(404);
  });

  it.each([
    ['no token', {}],
    ['another token', { authorization: 'Bearer other' }],
    ['another scheme', { authorization: 'Basic writer-token' }],
  ])('refuses %s for reading and writing, as a text that Nx shows', async (_, headers) => {
    await put('123', 'x');
    for (const response of [await get('123', headers), await put('456', 'x', headers)]) {
      expect([response.status, response.headers.get('content-type')]).toEqual([401, 'text/plain']);
      expect(await response.text()).toBe('Missing or invalid authentication token');
    }
  });

  it('without a read-only token knows the other one only', async () => {
    const second = await startCacheServer({ directory, tokens: { write: 'writer-token' } });
    const statuses = [];
    for (const headers of [WRITER, READER, { authorization: 'Bearer undefined' }])
      statuses.push((await fetch(`${second.url}/v1/cache/1`, { headers })).status);
    await second.stop();
    expect(statuses).toEqual([404, 401, 401]);
  });

  it.each(['/v1/cache/..%2F..%2Fpasswd', '/v1/cache/', '/v1/cache/a.b', '/v1/cache/a/b', '/', '/v2/cache/1'])(
    'has nothing at %s',
    async (path) => {
      writeFileSync(join(folder, 'passwd'), 'secret');
      for (const method of ['GET', 'PUT']) {
        const response = await fetch(at(path), { method, headers: WRITER, ...(method === 'PUT' ? { body: 'x' } : {}) });
        expect(response.status).toBe(404);
      }
      expect(readdirSync(folder).toSorted()).toEqual(['passwd', 'socket']);
    },
  );

  it('deletes nothing', async () => {
    await put('123', 'x');
    expect((await fetch(at('/v1/cache/123'), { method: 'DELETE', headers: WRITER })).status).toBe(405);
    expect(await answerOf(get('123'))).toEqual([200, 'x']);
  });

  it('keeps nothing of an upload that breaks off, and nothing of one without a length', async () => {
    const { port } = new URL(server.url);
    const half = connect(Number(port), '127.0.0.1');
    half.write('PUT /v1/cache/123 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer writer-token\r\nContent-Length: 1000\r\n\r\nhalf');
    while (!isUploading(directory)) await new Promise((resolve) => setTimeout(resolve, 10));
    half.destroy();
    while (readdirSync(directory).length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect((await get('123')).status).toBe(404);
    const stream = new Blob(['x']).stream();
    const chunked = await fetch(at('/v1/cache/123'), { method: 'PUT', headers: WRITER, body: stream, duplex: 'half' });
    expect(chunked.status).toBe(411);
  });

  it('says that it failed where its folder is at fault', async () => {
    writeFileSync(directory, 'a file');
    expect(await answerOf(put('123', 'x'))).toEqual([500, 'The cache server failed']);
  });

  it('shares its folder with other servers', async () => {
    const second = await startCacheServer({ directory, tokens: TOKENS });
    await put('123', 'x');
    const found = await answerOf(fetch(`${second.url}/v1/cache/123`, { headers: READER }));
    await second.stop();
    expect(found).toEqual([200, 'x']);
  });

  it('is reached through a relay where its address is not', async () => {
    const relay = await startRelay(join(folder, 'socket'));
    const stored = await fetch(`${relay.url}/v1/cache/123`, { method: 'PUT', headers: WRITER, body: 'x' });
    await relay.stop();
    expect(stored.status).toBe(200);
    expect(await answerOf(get('123'))).toEqual([200, 'x']);
  });
});

function isUploading(directory) {
  return existsSync(directory) && readdirSync(directory).some((name) => name.startsWith('.123.'));
}

function linesOf(log) {
  return existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : [];
}

describe('the cache server as a program', () => {
  const program = join(import.meta.dirname, 'run.mjs');
  let folder;
  beforeEach(() => {
    folder = mkdtempSync(join(realpathSync(tmpdir()), 'nx-fleet-cache-'));
    mkdirSync(join(folder, 'artifacts'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const start = (args, env) =>
    spawn(process.execPath, [program, ...args], { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });

  it('tells its URL, takes the tokens from the environment, logs without them and ends at SIGTERM', async () => {
    const log = join(folder, 'log');
    const child = start(['--directory', join(folder, 'artifacts'), '--log', log], {
      CACHE_WRITE_TOKEN: 'writer-token',
      CACHE_READ_TOKEN: '',
    });
    const [line] = await once(child.stdout, 'data');
    const url = String(line).trim();
    expect((await fetch(`${url}/v1/cache/1`, { method: 'PUT', headers: WRITER, body: 'x' })).status).toBe(200);
    expect((await fetch(`${url}/v1/cache/1`, { headers: { authorization: 'Bearer ' } })).status).toBe(401);
    while (linesOf(log).length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill('SIGTERM');
    expect((await once(child, 'close'))[0]).toBe(0);
    expect(linesOf(log).map((line) => JSON.parse(line))).toEqual([
      { method: 'PUT', path: '/v1/cache/1', status: 200 },
      { method: 'GET', path: '/v1/cache/1', status: 401 },
    ]);
  });

  it.each([
    ['without a folder', [], { CACHE_WRITE_TOKEN: 'x' }],
    ['without a token', ['--directory', 'x'], {}],
    ['with an empty token', ['--directory', 'x'], { CACHE_WRITE_TOKEN: '' }],
  ])('does not start %s', async (_, args, env) => {
    const child = start(args, env);
    const [text] = await once(child.stderr, 'data');
    expect(String(text)).toContain('usage: CACHE_WRITE_TOKEN=');
    expect((await once(child, 'close'))[0]).toBe(2);
  });
});
