import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { OpenAPIBackend, type Context, type Request } from 'openapi-backend';
import { neonHandlers, type NeonAnswer } from './neon-handlers.js';
import { NeonProject, type EmulatedBranch } from './neon-project.js';
import type { PostgresCluster } from './postgres-cluster.js';

const DOCUMENT = join(
  dirname(createRequire(import.meta.url).resolve('@neondatabase/api-client/package.json')),
  'public-v2-for-users.gen.yaml',
);

/** What goes wrong with the next calls of an operation. */
export interface NeonFault {
  /** As the OpenAPI document names it: `createProjectBranch`. */
  readonly operation: string;
  /** @default 1 */
  readonly times?: number;
  /**
   * `lost`: the call takes effect, and the connection ends without an answer. `late`: it takes effect, and no answer comes.
   * `dropped`: the connection ends before the call is read. A number: it is answered with that status, and takes no effect.
   */
  readonly how: 'lost' | 'late' | 'dropped' | number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface NeonEmulator {
  readonly apiUrl: string;
  /** Made up, and nowhere but in requests. */
  readonly key: string;
  readonly project: NeonProject;
  readonly main: EmulatedBranch;
  /** Operations that were called, in order. */
  readonly calls: readonly string[];
  /** Where a request, or an answer of this emulator, is not as the OpenAPI document says. */
  readonly violations: readonly string[];
  fail(fault: NeonFault): void;
  /** Takes back what `fail` has set. */
  fix(): void;
  stop(): Promise<void>;
}

export interface NeonEmulatorOptions {
  readonly branchLimit?: number;
  /** Most branches on one page, whatever is asked for. */
  readonly pageSize?: number;
  /** Whether changes are refused with 423 while any operation of the project runs. */
  readonly isExclusive?: boolean;
}

/** Neon's API on 127.0.0.1, checked against the OpenAPI document of its own client, with a real PostgreSQL behind it. */
export async function startNeonEmulator(cluster: PostgresCluster, options: NeonEmulatorOptions = {}): Promise<NeonEmulator> {
  const project = new NeonProject(cluster);
  const main = await project.addRoot('main');
  const state = { calls: [] as string[], violations: [] as string[], faults: [] as { left: number; fault: NeonFault }[] };
  const key = `napi_${project.id}_secret`;
  const emulated = { handlers: neonHandlers(project, options), key, violations: state.violations };
  const api = await loadApi();
  const server = createServer((request, response) => {
    void answerRequest({ api, state, emulated, request, response });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v2`,
    key,
    project,
    main,
    calls: state.calls,
    violations: state.violations,
    fail: (fault) => void state.faults.push({ left: fault.times ?? 1, fault }),
    fix: () => void state.faults.splice(0),
    stop: () => stop(server, project),
  };
}

type Handlers = ReturnType<typeof neonHandlers>;

/** What one emulator gives to the checked API, which all of a process share: it takes long to read. */
interface Emulated {
  readonly handlers: Handlers;
  readonly key: string;
  readonly violations: string[];
}

let sharedApi: Promise<OpenAPIBackend> | null = null;

function loadApi(): Promise<OpenAPIBackend> {
  sharedApi ??= createApi();
  return sharedApi;
}

async function createApi(): Promise<OpenAPIBackend> {
  const api = new OpenAPIBackend({
    definition: DOCUMENT,
    apiRoot: '/api/v2',
    // The document has siblings of `$ref`, which a strict reading refuses.
    quick: true,
    coerceTypes: true,
    ajvOpts: { strict: false, validateFormats: false },
    handlers: {
      validationFail: (context: Context, { violations }: Emulated): NeonAnswer => {
        violations.push(`request ${context.operation.operationId}: ${JSON.stringify(context.validation.errors)}`);
        return failure(400, 'BAD_REQUEST', 'the request is not valid');
      },
      notFound: (context: Context, { violations }: Emulated): NeonAnswer => {
        violations.push(`no operation at ${context.request.method} ${context.request.path}`);
        return failure(404, '', 'not found');
      },
      notImplemented: (context: Context, { handlers, violations }: Emulated): NeonAnswer => {
        const handler = handlers[context.operation.operationId ?? ''];
        if (handler !== undefined) return handler(context);
        violations.push(`not emulated: ${context.operation.operationId}`);
        return failure(501, '', 'not emulated');
      },
      unauthorizedHandler: (): NeonAnswer => failure(401, '', 'the authorization token is not valid'),
    },
    securityHandlers: {
      BearerAuth: (context: Context, { key }: Emulated) => context.request.headers['authorization'] === `Bearer ${key}`,
      CookieAuth: () => false,
      TokenCookieAuth: () => false,
    },
  });
  return api.init();
}

function failure(status: number, code: string, message: string): NeonAnswer {
  return { status, body: { request_id: 'made-up-request', code, message } };
}

interface Exchange {
  readonly api: OpenAPIBackend;
  readonly state: {
    readonly calls: string[];
    readonly violations: string[];
    readonly faults: { left: number; readonly fault: NeonFault }[];
  };
  readonly emulated: Emulated;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function answerRequest({ api, state, emulated, request, response }: Exchange): Promise<void> {
  const call = await readRequest(request);
  const operation = api.router.matchOperation(call)?.operationId ?? 'unknown';
  state.calls.push(operation);
  const fault = takeFault(state.faults, operation);
  if (fault?.how === 'dropped') {
    request.socket.destroy();
    return;
  }
  // An answer that repeats the key, as a careless proxy would: it must not come through.
  const answer =
    typeof fault?.how === 'number'
      ? failure(fault.how, `MADE_UP_${fault.how}`, `made up, asked with Bearer ${emulated.key}`)
      : ((await api.handleRequest(call, emulated)) as NeonAnswer);
  checkAnswer(api, { operation, answer, violations: state.violations });
  if (fault?.how === 'lost') {
    request.socket.destroy();
  } else if (fault?.how !== 'late') {
    response.writeHead(answer.status, { 'content-type': 'application/json', ...fault?.headers });
    response.end(answer.body === null ? '' : JSON.stringify(answer.body));
  }
}

function checkAnswer(
  api: OpenAPIBackend,
  { operation, answer, violations }: { readonly operation: string; readonly answer: NeonAnswer; readonly violations: string[] },
): void {
  if (operation === 'unknown' || answer.body === null) return;
  const { valid, errors } = api.validateResponse(answer.body, operation, answer.status);
  if (!valid) violations.push(`answer ${operation} ${answer.status}: ${JSON.stringify(errors)}`);
}

async function readRequest(request: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const url = new URL(request.url ?? '/', 'http://emulator');
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: request.headers as Record<string, string | string[]>,
    ...(text === '' ? {} : { body: JSON.parse(text) as unknown }),
  };
}

function takeFault(faults: { left: number; readonly fault: NeonFault }[], operation: string): NeonFault | null {
  const found = faults.find(({ left, fault }) => left > 0 && fault.operation === operation);
  if (found === undefined) return null;
  found.left -= 1;
  return found.fault;
}

async function stop(server: Server, project: NeonProject): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
  await project.clear();
}
