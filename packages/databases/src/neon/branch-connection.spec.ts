import { UserError } from '@nx-fleet/core';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { awaitConnection } from './branch-connection.js';
import { PATIENCE } from './neon-call.js';

const servers: Server[] = [];
const sockets: Socket[] = [];
const patience = { ...PATIENCE, answerMs: 200, readyMs: 100, firstPauseMs: 5, longestPollMs: 10 };

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) {
    server.close();
    await once(server, 'close');
  }
});

async function listen(onSocket: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    onSocket(socket);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `postgresql://user:made%2Fup@127.0.0.1:${(server.address() as AddressInfo).port}/db`;
}

async function refusal(url: string): Promise<string> {
  const error: unknown = await awaitConnection(url, { patience, signal: undefined }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  expect(inspect(error, { depth: Infinity, showHidden: true })).not.toMatch(/made(%2F|\/)up/);
  return (error as UserError).message;
}

describe('the wait for a database', () => {
  it('ends when nothing listens', async () => {
    const url = await listen(() => {});
    const [server] = servers.splice(0);
    server!.close();
    await once(server!, 'close');
    await expect(refusal(url)).resolves.toMatch(/its database at "127\.0\.0\.1:\d+" gives no answer \(ECONNREFUSED\)/);
  });

  it('ends when something listens and says nothing', async () => {
    await expect(refusal(await listen(() => {}))).resolves.toContain('gives no answer');
  });

  it('ends when connections are cut', async () => {
    await expect(refusal(await listen((socket) => socket.destroy()))).resolves.toContain('gives no answer');
  });

  it('asks for encryption when the URL does, and takes no plain answer', async () => {
    const requests: string[] = [];
    const url = await listen((socket) =>
      socket.once('data', (data) => {
        requests.push(data.toString('hex'));
        socket.end('N');
      }),
    );
    await expect(refusal(`${url}?sslmode=require`)).resolves.toContain('gives no answer');
    // PostgreSQL's SSLRequest: length 8, code 80877103.
    expect(new Set(requests)).toEqual(new Set(['0000000804d2162f']));
  });

  it('is given up when it is cancelled', async () => {
    const url = await listen((socket) => socket.destroy());
    const waiting = awaitConnection(url, {
      patience: { ...patience, readyMs: 60_000, longestPollMs: 60_000, firstPauseMs: 60_000 },
      signal: AbortSignal.timeout(50),
    });
    await expect(waiting).rejects.toThrow(/abort/i);
  });
});
