import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { routes } from './routes.js';

/** The HTTP API over one database; not listening yet. */
export function createApi(database) {
  return createServer((request, response) => {
    answer(request, database).then(
      ({ status, value }) => send(response, status, value),
      () => send(response, 500, { error: 'internal error' }),
    );
  });
}

async function answer(request, database) {
  const url = new URL(request.url, 'http://localhost');
  const route = routes[`${request.method} ${url.pathname}`];
  if (route === undefined) return { status: 404, value: { error: 'not found' } };
  const body = await text(request);
  try {
    return { status: 200, value: route({ database, body: body === '' ? {} : JSON.parse(body), query: url.searchParams }) };
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) return { status: 400, value: { error: error.message } };
    throw error;
  }
}

function send(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}
