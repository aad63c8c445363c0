import { UserError, type ReviewComments } from '@nx-fleet/core';
import { z } from 'zod';
import { readAllPages } from '../bounded-fetch.js';
import { addressesUs } from '../addresses-us.js';
import type { GitLabQuestion, GitLabRequest } from './gitlab-request.js';

const PAGE_SIZE = 100;
/** The role Developer (docs.gitlab.com/api/access_requests): the lowest one that may push. */
const DEVELOPER = 30;

const user = z.object({ id: z.number().int(), username: z.string() });
const notesAnswer = z.array(z.object({ id: z.number().int(), body: z.string(), author: user, system: z.boolean() }));
const memberAnswer = z.object({
  access_level: z.number().int(),
  state: z.string().default('active'),
  membership_state: z.string().default('active'),
});
/** The user of a project's or a group's access token. */
const TOKEN_USER = /^(?:project|group)_\d+_bot(?:_|$)/;

interface GitLabMergeRequestPlace {
  /** Id of the project that it is to go into. */
  readonly project: string;
  /** Its number in the project. */
  readonly number: number;
  /** `acme/shop` */
  readonly name: string;
  readonly request: GitLabRequest;
}

/** The notes on a merge request of GitLab. */
export function createGitLabComments({ project, number, name, request }: GitLabMergeRequestPlace): ReviewComments {
  const notes = `/projects/${project}/merge_requests/${number}/notes`;
  const subject = `The notes of merge request "${number}" of ${name}`;
  const require = async <Schema extends z.ZodType>(
    question: Omit<GitLabQuestion, 'subject'>,
    schema: Schema,
  ): Promise<z.output<Schema>> => {
    const answer = await request({ ...question, subject }, schema);
    if (answer === null)
      throw new UserError(`${subject} are not there, or the token cannot see them. Give GITLAB_TOKEN access to the project.`);
    return answer;
  };
  // Where GitLab tells no membership, there is none.
  const mayDismiss = async ({ id, username }: z.infer<typeof user>): Promise<boolean> => {
    if (TOKEN_USER.test(username)) return false;
    const member = await request({ method: 'GET', path: `/projects/${project}/members/all/${id}`, subject }, memberAnswer).catch(noMember);
    return member?.state === 'active' && member.membership_state === 'active' && member.access_level >= DEVELOPER;
  };
  return {
    place: `${name}!${number}`,
    readThread: async (marker) => {
      const self = await require({ method: 'GET', path: '/user' }, user);
      const all = await readAllPages(subject, PAGE_SIZE, (page) =>
        require({ method: 'GET', path: `${notes}?sort=asc&order_by=created_at&per_page=${PAGE_SIZE}&page=${page}` }, notesAnswer),
      );
      const own = all.filter(({ author, body }) => author.id === self.id && body.startsWith(marker));
      const spoken = all.filter(({ author, body, system }) => author.id !== self.id && !system && addressesUs(body));
      const writers = new Map<number, boolean>();
      for (const { author } of spoken) if (!writers.has(author.id)) writers.set(author.id, await mayDismiss(author));
      return {
        own: own.map(({ id, body }) => ({ id: String(id), body })),
        replies: spoken.map(({ author, body }) => ({ author: author.username, text: body, mayDismiss: writers.get(author.id) === true })),
      };
    },
    create: async (body) => void (await require({ method: 'POST', path: notes, body: { body } }, z.unknown())),
    update: async (id, body) => void (await require({ method: 'PUT', path: `${notes}/${id}`, body: { body } }, z.unknown())),
    remove: async (id) => void (await request({ method: 'DELETE', path: `${notes}/${id}`, subject }, z.unknown())),
  };
}

function noMember(error: unknown): null {
  if (error instanceof UserError) return null;
  throw error;
}
