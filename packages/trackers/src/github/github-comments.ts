import type { ReviewComments } from '@nx-fleet/core';
import { z } from 'zod';
import { readAllPages } from '../bounded-fetch.js';
import { addressesUs } from '../addresses-us.js';
import { requireAnswer } from './github-connection.js';
import type { FailedQuestion } from './github-failure.js';
import type { GitHubPlace } from './github-place.js';
import type { GitHubRequest } from './github-request.js';

const PAGE_SIZE = 100;
/** GitHub's `permission` is one of these also for custom roles, by what they are based on, and for "maintain". */
const WRITE_PERMISSIONS = ['write', 'maintain', 'admin'];

const user = z.object({ id: z.number().int(), login: z.string(), type: z.string().optional() });
const commentsAnswer = z.array(z.object({ id: z.number().int(), body: z.string().nullish(), user: user.nullish() }));
const permissionAnswer = z.object({ permission: z.string(), user: user.nullish() });
const viewerAnswer = z.object({ data: z.object({ viewer: z.object({ login: z.string(), databaseId: z.number().int() }) }) });

interface GitHubPullRequestPlace {
  readonly place: GitHubPlace;
  /** The number of the pull request. */
  readonly number: number;
  readonly request: GitHubRequest;
}

/** The comments on a pull request of GitHub; those on single lines of it are not looked at. */
export function createGitHubComments({ place, number, request }: GitHubPullRequestPlace): ReviewComments {
  const question = (access: 'read' | 'write'): FailedQuestion => ({
    subject: `The comments of pull request "${number}" of ${place.repository}`,
    repository: place.repository,
    apiUrl: place.apiUrl,
    anonymous: false,
    kind: 'pull requests',
    access,
  });
  const change = async (route: string, parameters: Readonly<Record<string, number | string>>): Promise<void> =>
    void requireAnswer(z.unknown(), await request(route, parameters), question('write'));
  // The association of a comment's author also names users who can only read. Where GitHub tells no permission, there is none.
  const mayWrite = async ({ id, login, type }: z.infer<typeof user>): Promise<boolean> => {
    if (type === 'Bot') return false;
    const answer = await request('GET /repos/{owner}/{repo}/collaborators/{username}/permission', { username: login });
    const parsed = permissionAnswer.safeParse(answer.kind === 'answered' ? answer.data : null).data;
    return parsed !== undefined && WRITE_PERMISSIONS.includes(parsed.permission) && parsed.user?.id === id;
  };
  return {
    place: `${place.repository}#${number}`,
    readThread: async (marker) => {
      // Of all tokens, those of apps included, this alone tells whose they are.
      const viewer = requireAnswer(
        viewerAnswer,
        await request(`POST ${graphqlUrl(place.apiUrl)}`, { query: 'query { viewer { login databaseId } }' }),
        question('read'),
      ).data.viewer;
      const comments = await readAllPages(question('read').subject, PAGE_SIZE, async (page) =>
        requireAnswer(
          commentsAnswer,
          await request('GET /repos/{owner}/{repo}/issues/{number}/comments', { number, per_page: PAGE_SIZE, page }),
          question('read'),
        ),
      );
      const isOwn = (comment: (typeof comments)[number]): boolean => comment.user?.id === viewer.databaseId;
      const own = comments.filter((one) => isOwn(one) && one.body?.startsWith(marker));
      const spoken = comments.filter((one) => !isOwn(one) && addressesUs(one.body ?? ''));
      const authors = new Map(spoken.flatMap(({ user: author }) => (author ? [[author.id, author] as const] : [])));
      const writers = new Set<number>();
      for (const author of authors.values()) if (await mayWrite(author)) writers.add(author.id);
      return {
        own: own.map(({ id, body }) => ({ id: String(id), body: body ?? '' })),
        replies: spoken.map(({ user: author, body }) => ({
          author: author?.login ?? 'ghost',
          text: body ?? '',
          mayDismiss: author ? writers.has(author.id) : false,
        })),
      };
    },
    create: (body) => change('POST /repos/{owner}/{repo}/issues/{number}/comments', { number, body }),
    update: (id, body) => change('PATCH /repos/{owner}/{repo}/issues/comments/{id}', { id, body }),
    remove: async (id) => {
      const answer = await request('DELETE /repos/{owner}/{repo}/issues/comments/{id}', { id });
      if (answer.kind === 'failed' && answer.failure.status === 404) return;
      requireAnswer(z.unknown(), answer, question('write'));
    },
  };
}

/** Enterprise servers have it beside the REST API: `/api/v3` becomes `/api/graphql`. */
function graphqlUrl(apiUrl: string): string {
  return `${apiUrl.replace(/\/v3$/, '')}/graphql`;
}
