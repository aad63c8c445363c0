import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAppAccess } from './app-access.js';

const access = createAppAccess();
const get = { method: 'GET', headers: [], body: '' } as const;

describe('an app on this machine', () => {
  let server: Server;
  let port: number;
  let url: string;

  beforeEach(async () => {
    server = createServer((request, response) => {
      if (request.url === '/moved') return void response.writeHead(302, { location: 'http://example.com/' }).end();
      if (request.url === '/image') return void response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.alloc(12));
      if (request.url === '/long') return void response.end('x'.repeat(100_001));
      if (request.url === '/cut') return void request.socket.destroy();
      request.setEncoding('utf8');
      let body = '';
      request.on('data', (chunk: string) => (body += chunk));
      request.on('end', () => response.writeHead(201, { 'x-said': request.headers['x-say'] ?? '' }).end(`${request.method} ${body}`));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
    url = `http://127.0.0.1:${port}`;
  });

  afterEach(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });

  it('answers a request with status, headers and text', async () => {
    const answer = await access.send({ method: 'POST', url, headers: [{ name: 'x-say', value: 'hello' }], body: 'a=1' });
    expect(answer).toMatchObject({ kind: 'answered', status: 201, body: 'POST a=1' });
    expect(answer.kind === 'answered' && answer.headers).toContainEqual({ name: 'x-said', value: 'hello' });
  });

  it('is not left by a redirect', async () => {
    expect(await access.send({ ...get, url: `${url}/moved` })).toMatchObject({ kind: 'answered', status: 302 });
  });

  it('tells kind and size of what is no text, and cuts what is long', async () => {
    expect(await access.send({ ...get, url: `${url}/image` })).toMatchObject({ body: '[12 bytes of image/png]' });
    const long = await access.send({ ...get, url: `${url}/long` });
    expect(long.kind === 'answered' && long.body.slice(100_000)).toBe('\n[1 more characters]');
  });

  it.each([
    ['a connection that is cut', { ...get, path: '/cut' }],
    ['a method that cannot be', { ...get, method: 'TRACE', path: '/' }],
    ['a header that cannot be', { ...get, headers: [{ name: 'a b', value: '\n' }], path: '/' }],
  ])('says why there is no answer: %s', async (_, { path, ...request }) => {
    expect(await access.send({ ...request, url: `${url}${path}` })).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/./) as string,
    });
  });

  it('listens, and who it is, is known where the system tells it', async () => {
    expect(await access.listens(url)).toBe(true);
    expect((await access.listenerAt(port))?.pid).toBe(process.platform === 'linux' ? process.pid : undefined);
  });

  it('does not listen where nothing does', async () => {
    server.close();
    await once(server, 'close');
    expect(await access.listens(url)).toBe(false);
    expect(await access.listenerAt(port)).toBeNull();
    expect(await access.send({ ...get, url })).toMatchObject({ kind: 'failed', reason: expect.stringContaining('ECONNREFUSED') as string });
  });
});
