import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { isHash, openStore } from './store.mjs';

const PATH = /^\/v1\/cache\/([^/?#]+)$/;

/**
 * Starts a server of Nx's self-hosted remote cache on loopback: `GET` and `PUT /v1/cache/{hash}`, as Nx's OpenAPI document describes them.
 * @param {{ directory: string, tokens: { write: string, read?: string }, port?: number, socket?: string,
 *   onRequest?: (request: { method: string, path: string, status: number }) => void }} options `directory` keeps the artifacts. `port` 0, the
 *   default, is any free one. `socket` is the path of a Unix socket to listen on as well, for network namespaces.
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function startCacheServer({ directory, tokens, port = 0, socket, onRequest = () => {} }) {
  const store = openStore(directory);
  const respond = async (exchange) => {
    const { request, response } = exchange;
    response.once('close', () => onRequest({ method: request.method, path: request.url, status: response.statusCode }));
    try {
      await answer(exchange, { store, tokens });
    } catch {
      // Half an upload, or a disk at fault: the client must not take it for an answer.
      if (response.headersSent) response.destroy();
      else send(exchange, 500, 'The cache server failed');
    }
  };
  const listener = (request, response) => void respond({ request, response });
  const servers = [await listen(createServer(listener), { port, host: '127.0.0.1' })];
  if (socket !== undefined) servers.push(await listen(createServer(listener), { path: socket }));
  return {
    url: `http://127.0.0.1:${servers[0].address().port}`,
    stop: async () => void (await Promise.all(servers.map(close))),
  };
}

async function answer(exchange, { store, tokens }) {
  const { request } = exchange;
  const may = rightsOf(request, tokens);
  if (may === null) return send(exchange, 401, 'Missing or invalid authentication token');
  const hash = PATH.exec(request.url)?.[1];
  if (hash === undefined || !isHash(hash)) return send(exchange, 404, 'There is no such place');
  if (request.method === 'GET') return download(hash, exchange, store);
  if (request.method !== 'PUT') return send(exchange, 405, 'Only GET and PUT');
  if (may !== 'write') return send(exchange, 403, 'This token may not write');
  // Without it nobody can tell half an upload from a whole one.
  if (request.headers['content-length'] === undefined) return send(exchange, 411, 'The Content-Length is missing');
  if (await store.write(hash, request)) return send(exchange, 200, 'Stored');
  return send(exchange, 409, 'Cannot override an existing record');
}

async function download(hash, exchange, store) {
  const found = await store.read(hash);
  if (found === null) return send(exchange, 404, 'The record was not found');
  exchange.response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': found.bytes });
  // Ends the handle too.
  await pipeline(found.handle.createReadStream(), exchange.response);
}

function rightsOf({ headers }, { write, read }) {
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  if (token === undefined) return null;
  if (isSame(token, write)) return 'write';
  return read !== undefined && isSame(token, read) ? 'read' : null;
}

function isSame(one, other) {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a, b);
}

/** A client that is still sending would see a broken connection instead of the answer: the rest of the body is taken first. */
function send({ request, response }, status, text) {
  request.resume();
  // Nx shows the text of a 401 only where the type is exactly this.
  response.writeHead(status, { 'content-type': 'text/plain' }).end(text);
}

function listen(server, place) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(place, () => resolve(server));
  });
}

function close(server) {
  return new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
}
