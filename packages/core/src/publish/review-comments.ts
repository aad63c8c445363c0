import type { Reply } from './read-replies.js';

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
