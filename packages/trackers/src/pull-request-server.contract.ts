import { startServer, type ScriptedAnswer, type SeenRequest } from './github/github-server.contract.js';

/** `reader` is a member of the organization who can only read; `bot` can write. */
export type Writer = 'us' | 'member' | 'outsider' | 'reader' | 'bot' | 'left' | 'ghost';

export interface ServedComment {
  readonly id: string;
  readonly writer: Writer;
  readonly body: string;
}

/** A server with one pull request, number 12, on 127.0.0.1. */
export interface PullRequestServer {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  readonly comments: ServedComment[];
  add(writer: Writer, body: string): ServedComment;
}

/** What goes wrong before the server answers properly; null for nothing. */
export type Fault = (request: SeenRequest, attempt: number) => ScriptedAnswer | null;

/** How one system says what is asked for; null for an address that it does not have. */
type Dialect = (request: SeenRequest, server: Pick<PullRequestServer, 'comments' | 'add'>) => ScriptedAnswer | null;

const NOT_FOUND = { status: 404, body: { message: 'Not Found' } };
const IDS: Readonly<Record<Writer, number>> = { us: 1, member: 2, outsider: 3, reader: 4, bot: 5, left: 6, ghost: 0 };
const PER_PAGE = 100;
/** Whom each system knows of; others get a 404. */
const PERMISSIONS: Readonly<Partial<Record<Writer, string>>> = { member: 'write', outsider: 'read', reader: 'read', bot: 'admin' };
const MEMBERS: Readonly<Record<number, object>> = {
  2: { access_level: 30, state: 'active' },
  3: { access_level: 20, state: 'active' },
  4: { access_level: 25, state: 'active' },
  5: { access_level: 40, state: 'active' },
  6: { access_level: 40, state: 'blocked' },
};

export async function servePullRequest(dialect: Dialect, fault: Fault = () => null): Promise<PullRequestServer> {
  const comments: ServedComment[] = [];
  const add = (writer: Writer, body: string): ServedComment => {
    const comment = { id: String(1000 + comments.length), writer, body };
    comments.push(comment);
    return comment;
  };
  const server = await startServer((_, attempt, request) => fault(request, attempt) ?? dialect(request, { comments, add }) ?? NOT_FOUND);
  return { url: server.url, requests: server.requests, comments, add };
}

/** GitHub's issue comments of `acme/shop`, with some of the many fields that we do not read. */
export function gitHubDialect(
  { method, path, body }: SeenRequest,
  { comments, add }: Pick<PullRequestServer, 'comments' | 'add'>,
): ScriptedAnswer | null {
  const { pathname, searchParams } = new URL(path, 'http://127.0.0.1');
  const json = ({ id, writer, body: text }: ServedComment): object => ({
    id: Number(id),
    body: text,
    user: writer === 'ghost' ? null : { id: IDS[writer], login: writer, type: writer === 'us' || writer === 'bot' ? 'Bot' : 'User' },
    author_association: writer === 'outsider' ? 'CONTRIBUTOR' : 'MEMBER',
    created_at: '2026-01-01T00:00:00Z',
  });
  if (method === 'POST' && pathname === '/graphql' && Object.keys(body ?? {}).join() === 'query')
    return { body: { data: { viewer: { login: 'us', databaseId: IDS.us } } } };
  if (pathname === '/repos/acme/shop/issues/12/comments') {
    if (method === 'POST') return { status: 201, body: json(add('us', textOf(body))) };
    return { body: pageOf(comments, searchParams).map(json) };
  }
  const [, login] = /^\/repos\/acme\/shop\/collaborators\/(\w+)\/permission$/.exec(pathname) ?? [];
  if (login !== undefined) {
    const permission = PERMISSIONS[login as Writer];
    return permission === undefined ? null : { body: { permission, role_name: 'custom', user: { id: IDS[login as Writer], login } } };
  }
  const [, id] = /^\/repos\/acme\/shop\/issues\/comments\/(\d+)$/.exec(pathname) ?? [];
  return id === undefined ? null : changeComment({ id, method, text: method === 'PATCH' ? textOf(body) : null }, comments, json);
}

/** GitLab's notes of merge request 12 of project 7. */
export function gitLabDialect(
  { method, path, body }: SeenRequest,
  { comments, add }: Pick<PullRequestServer, 'comments' | 'add'>,
): ScriptedAnswer | null {
  const { pathname, searchParams } = new URL(path, 'http://127.0.0.1');
  const json = ({ id, writer, body: text }: ServedComment): object => ({
    id: Number(id),
    body: text,
    author: { id: IDS[writer], username: writer === 'bot' ? 'project_7_bot_1a2b' : writer, state: 'active' },
    system: false,
    created_at: '2026-01-01T00:00:00Z',
  });
  const notes = '/api/v4/projects/7/merge_requests/12/notes';
  if (pathname === '/api/v4/user') return { body: { id: IDS.us, username: 'us' } };
  const [, member = ''] = /^\/api\/v4\/projects\/7\/members\/all\/(\d+)$/.exec(pathname) ?? [];
  if (member !== '') return MEMBERS[Number(member)] === undefined ? null : { body: { id: Number(member), ...MEMBERS[Number(member)] } };
  if (pathname === notes) {
    if (method === 'POST') return { status: 201, body: json(add('us', textOf(body))) };
    const systemNote = { ...json({ id: '1', writer: 'member', body: 'nx-fleet dismiss 0123456789ab x' }), system: true };
    return { body: comments.length === 0 ? [systemNote] : pageOf(comments, searchParams).map(json) };
  }
  if (!pathname.startsWith(`${notes}/`)) return null;
  const id = pathname.slice(notes.length + 1);
  return changeComment({ id, method, text: method === 'PUT' ? textOf(body) : null }, comments, json);
}

interface CommentChange {
  readonly id: string;
  readonly method: string;
  /** Null when it is to go. */
  readonly text: string | null;
}

function changeComment(
  { id, method, text }: CommentChange,
  comments: ServedComment[],
  json: (comment: ServedComment) => object,
): ScriptedAnswer {
  const index = comments.findIndex((comment) => comment.id === id);
  const old = comments[index];
  if (old === undefined) return NOT_FOUND;
  if (method === 'DELETE') {
    comments.splice(index, 1);
    return { status: 204, body: '' };
  }
  const changed = { ...old, body: text ?? old.body };
  comments[index] = changed;
  return { body: json(changed) };
}

function pageOf(comments: readonly ServedComment[], query: URLSearchParams): readonly ServedComment[] {
  const size = Math.min(PER_PAGE, Number(query.get('per_page') ?? 30));
  const page = Number(query.get('page') ?? 1);
  return comments.slice((page - 1) * size, page * size);
}

function textOf(body: unknown): string {
  const { body: text } = body as { body: string };
  return text;
}
