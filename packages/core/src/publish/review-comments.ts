import type { Reply } from './read-replies.js';
import { COMMENT_MARKER } from './render-comment.js';
import { UserError } from '../errors/user-error.js';

export interface OwnComment {
  readonly id: string;
  readonly body: string;
}

/** What is on a pull request and concerns us. */
export interface ReviewThread {
  /** Comments of nx-fleet that begin with the marker, the oldest first. More than one there is only after a race. */
  readonly own: readonly OwnComment[];
  /** Comments of others with a word to us (`nx-fleet`), the oldest first. */
  readonly replies: readonly Reply[];
}

/** The comments on one pull request. Only those of the token's own user are ours. A failure is a UserError without any token in it. */
export interface ReviewComments {
  /** `acme/shop#12` */
  readonly place: string;
  readThread(marker: string): Promise<ReviewThread>;
  create(body: string): Promise<void>;
  update(id: string, body: string): Promise<void>;
  /** Absence is fine. */
  remove(id: string): Promise<void>;
}

/** Where a report can be said, or why nowhere. */
export type ReviewPlace =
  | { readonly kind: 'pull-request'; readonly comments: ReviewComments }
  /** What users have replied counts, and nothing is written. */
  | { readonly kind: 'read-only'; readonly comments: ReviewComments; readonly why: string }
  | { readonly kind: 'nowhere'; readonly why: string };

/** What became of the comment. `unchanged`: it says all of this already; `needless`: there is nothing to say, and nothing was said before. */
export type CommentOutcome =
  | { readonly kind: 'created' | 'updated' | 'unchanged' | 'needless'; readonly place: string }
  | { readonly kind: 'nowhere'; readonly why: string };

interface Occasion {
  readonly place: ReviewPlace;
  readonly thread: ReviewThread;
  /** Whether it is worth a first comment. */
  readonly isNews: boolean;
}

/** Brings the one comment to a text: the oldest of nx-fleet is it, and others that a race has made go. */
export async function postComment(text: string, { place, thread, isNews }: Occasion): Promise<CommentOutcome> {
  if (place.kind !== 'pull-request') return { kind: 'nowhere', why: place.why };
  const { comments } = place;
  const [own, ...twins] = thread.own;
  const done = (kind: 'created' | 'updated' | 'unchanged' | 'needless'): CommentOutcome => ({ kind, place: comments.place });
  for (const { id } of twins) await comments.remove(id);
  if (own === undefined) {
    if (!isNews) return done('needless');
    await createOnce(text, comments);
    return done('created');
  }
  if (normalized(own.body) === normalized(text)) return done('unchanged');
  await comments.update(own.id, text);
  return done('updated');
}

/** A creation whose answer was lost may have taken effect: it is looked for, and not sent again. */
async function createOnce(text: string, comments: ReviewComments): Promise<void> {
  try {
    await comments.create(text);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const thread = await comments.readThread(COMMENT_MARKER).catch(() => null);
    if (thread?.own.some(({ body }) => normalized(body) === normalized(text)) !== true) throw error;
  }
}

/** Servers keep line endings and white space at the end in ways of their own. */
function normalized(text: string): string {
  return text.replace(/\r\n?/g, '\n').trim();
}
