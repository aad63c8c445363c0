import { connect, createServer } from 'node:net';

/**
 * Makes a Unix socket reachable on loopback: in a network namespace of its own, a process reaches that socket and nothing else.
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function startRelay(socket) {
  const connections = new Set();
  const server = createServer((near) => {
    const far = connect(socket);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ]) {
      connections.add(one);
      one.pipe(other);
      // Either end gone is both ends gone.
      one.once('error', () => other.destroy());
      one.once('close', () => {
        connections.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
        for (const connection of connections) connection.destroy();
      }),
  };
}
