import type { ReviewComments } from '@nx-fleet/core';
import { z } from 'zod';
import { readAllPages } from '../all-pages.js';
import { speaksToUs } from '../speaks-to-us.js';
import { requireAnswer } from './github-connection.js';
import type { FailedQuestion } from './github-failure.js';
import type { GitHubPlace } from './github-place.js';
import type { GitHubRequest } from './github-request.js';

const PAGE_SIZE = 100;
/** Who may write, as GitHub says it of the author of each comment. A MEMBER is one of the organization that owns the repository. */
const WRITERS = ['OWNER', 'MEMBER', 'COLLABORATOR'];

const user = z.object({ id: z.number().int(), login: z.string() });
const commentsAnswer = z.array(
  z.object({ id: z.number().int(), body: z.string().nullish(), user: user.nullish(), author_association: z.string() }),
);
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
      return {
        own: comments
          .filter((one) => isOwn(one) && one.body?.startsWith(marker))
          .map(({ id, body }) => ({ id: String(id), body: body ?? '' })),
        replies: comments
          .filter((one) => !isOwn(one) && speaksToUs(one.body ?? ''))
          .map((one) => ({
            author: one.user?.login ?? 'ghost',
            text: one.body ?? '',
            mayDismiss: WRITERS.includes(one.author_association),
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
