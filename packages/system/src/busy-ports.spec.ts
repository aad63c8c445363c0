import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { busyPorts } from './busy-ports.js';

describe('busy ports', () => {
  const servers: Server[] = [];
  const listen = async (host: string): Promise<number> => {
    const server = createServer().listen({ host, port: 0, ...(host === '::' ? { ipv6Only: false } : {}) });
    servers.push(server);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const close = async (server: Server): Promise<void> => {
    server.close();
    await once(server, 'close');
  };
  afterEach(async () => {
    await Promise.all(servers.splice(0).map(close));
  });

  it.each(['127.0.0.1', '::1', '::', '0.0.0.0'])('include one that something listens on at %s', async (host) => {
    const port = await listen(host);
    expect(await busyPorts([port])).toEqual([port]);
  });

  it('do not include free ones, and the question leaves them free', async () => {
    const free = await listen('127.0.0.1');
    const busy = await listen('::1');
    await Promise.all(servers.splice(0, 1).map(close));
    expect(await busyPorts([free, busy])).toEqual([busy]);
    expect(await busyPorts([free, busy])).toEqual([busy]);
  });

  it('are none of none', async () => {
    expect(await busyPorts([])).toEqual([]);
  });
});
