import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text goes out as it is, anything else as JSON. */
  readonly body?: unknown;
  /** `silence` never answers, `stall` stops in the middle of the body, `hang-up` closes the connection. */
  readonly fault?: 'silence' | 'stall' | 'hang-up';
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  /** What came as JSON, or null. */
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
}

interface ScriptedServer {
  readonly url: string;
  readonly requests: SeenRequest[];
}

/** Gives the answer to one request. `attempt` counts the requests of the same method for the same path from 1 on. */
export type Script = (path: string, attempt: number, request: SeenRequest) => ScriptedAnswer;

const started: { close(): Promise<void> }[] = [];

/** An HTTP server on 127.0.0.1 that answers as scripted. Call `stopServers` after each test. */
export async function startServer(script: Script): Promise<ScriptedServer> {
  const requests: SeenRequest[] = [];
  const server = createServer((incoming: IncomingMessage, response) => {
    void json(incoming).then((body: unknown) => {
      const request = { method: incoming.method ?? '', path: incoming.url ?? '', headers: incoming.headers, body };
      requests.push(request);
      const attempt = requests.filter(({ method, path }) => method === request.method && path === request.path).length;
      send(script(request.path, attempt, request), response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  started.push({
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

async function json(incoming: IncomingMessage): Promise<unknown> {
  const received = await text(incoming);
  return received === '' ? null : (JSON.parse(received) as unknown);
}

export async function stopServers(): Promise<void> {
  await Promise.all(started.splice(0).map((server) => server.close()));
}

/** An issue as GitHub sends it, with some of the many fields that we do not read. */
export function issueJson(number: number, changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    id: 1,
    number,
    title: `Title ${number}`,
    body: null,
    state: 'open',
    state_reason: null,
    locked: false,
    html_url: `https://github.com/acme/shop/issues/${number}`,
    repository_url: 'https://api.github.com/repos/acme/shop',
    user: { login: 'ada', id: 1 },
    labels: [{ name: 'bug' }],
    ...changes,
  };
}

/** A pull request as GitHub sends it, with some of the many fields that we do not read. */
export function pullRequestJson(number: number, changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const repo = { id: 1, full_name: 'acme/shop' };
  return {
    id: 1,
    number,
    title: `Title ${number}`,
    body: null,
    state: 'open',
    draft: false,
    merged_at: null,
    html_url: `https://github.com/acme/shop/pull/${number}`,
    user: { login: 'ada', id: 1 },
    head: { label: 'acme:issue/1', ref: 'issue/1', sha: 'a'.repeat(40), repo },
    base: { label: 'acme:main', ref: 'main', sha: 'b'.repeat(40), repo },
    ...changes,
  };
}

function send(answer: ScriptedAnswer, response: ServerResponse): void {
  if (answer.fault === 'silence') {
    return;
  }
  if (answer.fault === 'hang-up') {
    response.destroy();
    return;
  }
  const isText = typeof answer.body === 'string';
  response.writeHead(answer.status ?? 200, {
    'content-type': isText ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8',
    ...answer.headers,
  });
  const body = isText ? answer.body : JSON.stringify(answer.body ?? {});
  if (answer.fault === 'stall') {
    response.write(body.slice(0, Math.ceil(body.length / 2)));
    return;
  }
  response.end(body);
}
