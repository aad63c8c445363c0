import type { ReviewPlace, ReviewThread } from './review-comments.js';

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

/** Brings the one comment to a text: the oldest of ours is it, and others that a race has made go. */
export async function postComment(text: string, { place, thread, isNews }: Occasion): Promise<CommentOutcome> {
  if (place.kind !== 'pull-request') return { kind: 'nowhere', why: place.why };
  const { comments } = place;
  const [own, ...twins] = thread.own;
  const done = (kind: 'created' | 'updated' | 'unchanged' | 'needless'): CommentOutcome => ({ kind, place: comments.place });
  for (const { id } of twins) await comments.remove(id);
  if (own === undefined) {
    if (!isNews) return done('needless');
    await comments.create(text);
    return done('created');
  }
  if (normalized(own.body) === normalized(text)) return done('unchanged');
  await comments.update(own.id, text);
  return done('updated');
}

/** Servers keep line endings and white space at the end in ways of their own. */
function normalized(text: string): string {
  return text.replace(/\r\n?/g, '\n').trim();
}
