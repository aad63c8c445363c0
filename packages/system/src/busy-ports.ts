import { once } from 'node:events';
import { createServer } from 'node:net';

/** Linux needs `::` alone, macOS all three: a listener on one address is invisible to a probe of another. */
const ADDRESSES = ['127.0.0.1', '::1', '::'] as const;

/** Of these ports, those that something listens on. A hint only: the registry decides. */
export async function busyPorts(ports: readonly number[]): Promise<readonly number[]> {
  const busy: number[] = [];
  for (const port of ports) {
    if (await isBusy(port)) {
      busy.push(port);
    }
  }
  return busy;
}

async function isBusy(port: number): Promise<boolean> {
  // One after the other: our own probes would meet each other.
  for (const host of ADDRESSES) {
    if (!(await canListen(host, port))) {
      return true;
    }
  }
  return false;
}

async function canListen(host: string, port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
  } catch (error) {
    return isFreeDespite(error as NodeJS.ErrnoException);
  }
  server.close();
  await once(server, 'close');
  return true;
}

/** A machine without IPv6 has nothing that listens on it. */
function isFreeDespite(error: NodeJS.ErrnoException): boolean {
  if (error.code === 'EADDRINUSE' || error.code === 'EACCES') {
    return false;
  }
  if (error.code === 'EAFNOSUPPORT' || error.code === 'EADDRNOTAVAIL') {
    return true;
  }
  throw error;
}
