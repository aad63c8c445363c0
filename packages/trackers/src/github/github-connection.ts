import { type CommandRunner, printableLine, UserError } from '@nx-fleet/core';
import type { z } from 'zod';
import { describeGitHubFailure, type FailedQuestion } from './github-failure.js';
import type { GitHubPlace } from './github-place.js';
import { createGitHubRequest, type GitHubAnswer, type GitHubRequestOptions } from './github-request.js';

/** A repository on GitHub, and the client that asks for it. */
export interface GitHubConnection {
  readonly client: GitHubClient;
  readonly place: GitHubPlace;
  /** No token was found. */
  readonly anonymous: boolean;
}

/** What an answer holds. @throws UserError when there was none, or not what GitHub sends */
export function requireAnswer<Schema extends z.ZodType>(schema: Schema, answer: GitHubAnswer, question: FailedQuestion): z.output<Schema> {
  if (answer.kind === 'failed') {
    throw describeGitHubFailure(answer.failure, question);
  }
  const parsed = schema.safeParse(answer.data);
  if (parsed.success) {
    return parsed.data;
  }
  const [first] = parsed.error.issues;
  const where = first === undefined || first.path.length === 0 ? 'the answer' : `"${printableLine(first.path.map(String).join('.'), 60)}"`;
  throw new UserError(
    `${question.subject} could not be read: ${new URL(question.apiUrl).host} answered 200, but ${where} is not what GitHub sends. Check "tracker.apiUrl", and that no proxy or login page answers in its place.`,
  );
}

const NAMES = ['GITHUB_TOKEN', 'GH_TOKEN'] as const;
/** What `gh` needs to find its own login, and nothing else. */
const GH_ENVIRONMENT = ['PATH', 'HOME', 'XDG_CONFIG_HOME', 'GH_CONFIG_DIR'] as const;
const GH_TIMEOUT_MS = 10_000;
const TOKEN = /^[\x21-\x7E]+$/;

interface TokenSource {
  readonly env: Readonly<Record<string, string>>;
  readonly commands: CommandRunner;
  readonly cwd: string;
  /** The host that `gh` is asked about: `github.com`. */
  readonly host: string;
}

/** The token of the environment, else that of `gh`, else null: GitHub is then asked anonymously. @throws UserError when a variable holds no possible token */
export async function findGitHubToken(source: TokenSource): Promise<string | null> {
  for (const name of NAMES) {
    const token = source.env[name]?.trim();
    if (token) {
      if (!TOKEN.test(token)) {
        throw new UserError(`"${name}" holds characters that a token cannot have. Set it again, or unset it.`);
      }
      return token;
    }
  }
  const result = await source.commands.run({
    file: 'gh',
    args: ['auth', 'token', '--hostname', source.host],
    cwd: source.cwd,
    env: Object.fromEntries(GH_ENVIRONMENT.flatMap((name) => (source.env[name] === undefined ? [] : [[name, source.env[name]]]))),
    timeoutMs: GH_TIMEOUT_MS,
  });
  const token = result.stdout.trim();
  return result.ended === 'exited' && result.exitCode === 0 && TOKEN.test(token) ? token : null;
}

export interface GitHubClient {
  fetchIssue(number: number): Promise<GitHubAnswer>;
  /** What GitHub's own issue dependencies hold for an issue. */
  fetchBlockers(number: number): Promise<GitHubAnswer>;
  fetchPullRequest(number: number): Promise<GitHubAnswer>;
  /** Open, merged and closed ones of a branch of the repository's owner, newest first, a hundred at most. */
  fetchPullRequests(branch: string): Promise<GitHubAnswer>;
}

/** What we ask of GitHub about the issues and pull requests of one repository. */
export function createGitHubClient(options: GitHubRequestOptions): GitHubClient {
  const [owner = ''] = options.place.repository.split('/');
  const request = createGitHubRequest(options);
  const get = (route: string, parameters: Readonly<Record<string, number | string>>): Promise<GitHubAnswer> =>
    request(`GET /repos/{owner}/{repo}${route}`, parameters);
  return {
    fetchIssue: (number) => get('/issues/{number}', { number }),
    fetchBlockers: (number) => get('/issues/{number}/dependencies/blocked_by', { number, per_page: 100 }),
    fetchPullRequest: (number) => get('/pulls/{number}', { number }),
    fetchPullRequests: (branch) =>
      get('/pulls', { state: 'all', head: `${owner}:${branch}`, sort: 'created', direction: 'desc', per_page: 100 }),
  };
}
