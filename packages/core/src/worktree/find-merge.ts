import type { Manifest } from '../manifest/manifest.js';
import type { PullRequest } from '../tracker/tracker.js';
import type { RemovalAdapters } from './plan-removal.js';

/** How a branch stands to the default branch. */
export type Merge =
  | { readonly kind: 'ancestor'; readonly into: string }
  | { readonly kind: 'equivalent'; readonly into: string }
  | { readonly kind: 'pull-request'; readonly pullRequest: PullRequest }
  /** A pull request that waits: not merged, and not to be removed. */
  | { readonly kind: 'open'; readonly pullRequest: PullRequest };

export interface MergeQuestion {
  readonly manifest: Manifest;
  /** Where its branch stands. */
  readonly tip: string;
  /** The default branch, if it is known. */
  readonly into: string | null;
}

/**
 * Finds out whether a branch's work is in the default branch: as commits, as the same change under another name (rebased, squashed), or by its
 * pull request. A branch without work of its own is not merged, however old it is.
 */
export async function findMerge({ manifest, tip, into }: MergeQuestion, { git, pullRequestsOf }: RemovalAdapters): Promise<Merge | null> {
  if (tip === manifest.base && manifest.adopted !== true) return null;
  const pullRequests = (await pullRequestsOf?.(manifest)) ?? [];
  const open = pullRequests.find(({ state }) => state === 'open');
  if (open !== undefined) return { kind: 'open', pullRequest: open };
  if (into !== null && (await git.isAncestor(tip, into))) return { kind: 'ancestor', into };
  if (into !== null && (await git.isContained(tip, into))) return { kind: 'equivalent', into };
  for (const pullRequest of pullRequests) {
    // What was committed after the merge is in no pull request.
    if (pullRequest.state === 'merged' && (await isIn(tip, pullRequest.head, git))) return { kind: 'pull-request', pullRequest };
  }
  return null;
}

async function isIn(tip: string, head: string, git: RemovalAdapters['git']): Promise<boolean> {
  return tip === head || ((await git.resolveCommit(head)) !== null && (await git.isAncestor(tip, head)));
}
