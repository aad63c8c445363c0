import { UserError } from '../errors/user-error.js';
import type { ReviewComments } from './review-comments.js';

/** Who writes on a pull request: we, somebody who may write to the repository, or anybody. */
export type Writer = 'us' | 'member' | 'outsider';

export interface FakeComment {
  readonly id: string;
  readonly writer: string;
  readonly body: string;
}

/** `ReviewComments` in memory, for specs. */
export interface FakeReviewComments extends ReviewComments {
  readonly all: FakeComment[];
  /** Every change that was made through the port, in order. */
  readonly log: string[];
  add(writer: Writer, body: string): void;
}

export function createFakeReviewComments(): FakeReviewComments {
  const all: FakeComment[] = [];
  const log: string[] = [];
  let next = 1;
  const add = (writer: Writer, body: string): void => void all.push({ id: String(next++), writer, body });
  return {
    place: 'acme/shop#12',
    all,
    log,
    add,
    readThread: async (marker) => ({
      own: all.filter(({ writer, body }) => writer === 'us' && body.startsWith(marker)).map(({ id, body }) => ({ id, body })),
      replies: all
        .filter(({ writer, body }) => writer !== 'us' && body.includes('nx-fleet'))
        .map(({ writer, body }) => ({ author: writer, text: body, mayDismiss: writer === 'member' })),
    }),
    create: async (body) => {
      log.push('create');
      add('us', body);
    },
    update: async (id, body) => {
      log.push(`update ${id}`);
      const index = all.findIndex((comment) => comment.id === id);
      const old = all[index];
      if (old === undefined) throw new UserError(`There is no comment "${id}".`);
      all[index] = { ...old, body };
    },
    remove: async (id) => {
      log.push(`remove ${id}`);
      const index = all.findIndex((comment) => comment.id === id);
      if (index !== -1) all.splice(index, 1);
    },
  };
}
