import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface PullRequestRow {
  readonly number: number;
  readonly title: string;
  readonly state: 'open' | 'closed';
  /** When it was merged. */
  readonly mergedAt?: string;
  readonly branch: string;
  readonly head: string;
  /** @default `acme/shop` */
  readonly fork?: string;
}

/** A comment on a pull request. */
export interface CommentRow {
  readonly id: number;
  readonly number: number;
  readonly author: string;
  /** GitHub's `author_association`. */
  readonly association: string;
  readonly body: string;
}

/** A GitHub on loopback with the repository `acme/shop`. */
export interface LoopbackGitHub {
  /** What the option `tracker` has to be. */
  readonly tracker: object;
  /** By number; what is put in is there at once. */
  readonly issues: Map<number, string>;
  readonly pullRequests: Map<number, PullRequestRow>;
  readonly comments: CommentRow[];
  /** Method and path of each request that writes a comment. */
  readonly writes: string[];
  /** Somebody writes a comment on a pull request. */
  reply(number: number, reply: Pick<CommentRow, 'author' | 'association' | 'body'>): void;
  stop(): Promise<void>;
}

/** Whom every token belongs to. */
const VIEWER = { login: 'fleet-bot', databaseId: 77 };
const REPOSITORY = 'acme/shop';
const WEB = `https://github.com/${REPOSITORY}`;

export async function startGitHub(): Promise<LoopbackGitHub> {
  const issues = new Map<number, string>();
  const pullRequests = new Map<number, PullRequestRow>();
  const comments: CommentRow[] = [];
  const writes: string[] = [];
  const reply: LoopbackGitHub['reply'] = (number, row) => void comments.push({ id: 500 + comments.length, number, ...row });
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://127.0.0.1');
    const path = pathname.replace(`/repos/${REPOSITORY}/`, '');
    void text(request).then((body) => {
      const answer = request.method === 'GET' ? find(path, searchParams) : change(`${request.method} ${path}`, body);
      response.writeHead(answer === null ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer ?? { message: 'Not Found' }));
    });
  });
  const change = (what: string, json: string): unknown => {
    if (what === 'POST /graphql') return { data: { viewer: VIEWER } };
    writes.push(what);
    const { body } = JSON.parse(json) as { body: string };
    const [, created] = /^POST issues\/(\d+)\/comments$/.exec(what) ?? [];
    const [, updated] = /^PATCH issues\/comments\/(\d+)$/.exec(what) ?? [];
    if (created !== undefined) reply(Number(created), { author: VIEWER.login, association: 'NONE', body });
    const index = comments.findIndex(({ id }) => id === Number(updated));
    if (comments[index] !== undefined) comments[index] = { ...comments[index], body };
    return created === undefined && index === -1 ? null : {};
  };
  const userId = (login: string): number =>
    login === VIEWER.login ? VIEWER.databaseId : (comments.find(({ author }) => author === login)?.id ?? 0);
  const find = (path: string, query: URLSearchParams): unknown => {
    const [kind, number, more] = path.split('/');
    const pullRequest = pullRequests.get(Number(number));
    const title = issues.get(Number(number));
    if (kind === 'pulls' && number === undefined) return pullsOf(query.get('head') ?? '', [...pullRequests.values()]);
    if (kind === 'issues' && more === 'comments')
      return comments.filter((row) => row.number === Number(number)).map((row) => commentJson(row, userId(row.author)));
    if (kind === 'collaborators') return permissionJson(comments.find(({ author }) => author === number));
    if (kind === 'pulls') return pullRequest === undefined ? null : pullJson(pullRequest);
    if (kind !== 'issues' || title === undefined) return null;
    return more === undefined ? issueJson(Number(number), title) : [];
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    tracker: { type: 'github', repository: REPOSITORY, apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    issues,
    pullRequests,
    comments,
    writes,
    reply,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function issueJson(number: number, title: string): object {
  const api = `https://api.github.com/repos/${REPOSITORY}`;
  return { number, title, body: 'Why.', state: 'open', html_url: `${WEB}/issues/${number}`, repository_url: api };
}

function commentJson({ id, author, association, body }: CommentRow, userId: number): object {
  return { id, body, user: { id: userId, login: author }, author_association: association };
}

/** A login has the rights that its association suggests, and the id of its first comment. */
function permissionJson(row: CommentRow | undefined): object | null {
  if (row === undefined) return null;
  return { permission: row.association === 'MEMBER' ? 'write' : 'read', user: { id: row.id, login: row.author } };
}

function pullsOf(head: string, all: readonly PullRequestRow[]): readonly object[] {
  return all.filter(({ branch, fork }) => fork === undefined && head === `acme:${branch}`).map(pullJson);
}

function pullJson({ number, title, state, mergedAt, branch, head, fork = REPOSITORY }: PullRequestRow): object {
  const base = { ref: 'main', sha: head, repo: { full_name: REPOSITORY } };
  const from = { ref: branch, sha: head, repo: { full_name: fork } };
  return { number, title, body: 'Because.', state, merged_at: mergedAt ?? null, html_url: `${WEB}/pull/${number}`, head: from, base };
}
