import type { RemovalAdapters } from './plan-removal.js';
import { builtRef } from '../branch/refs.js';
import type { WorktreeEntry } from '../git/git.js';
import type { Manifest } from '../manifest/manifest.js';
import { count } from '../text/count.js';
import type { PullRequest } from '../tracker/tracker.js';

interface CommitQuestion {
  readonly manifest: Manifest;
  readonly tip: string | null;
  /** Whether the branch goes too. */
  readonly branchGoes: boolean;
  /** The worktree, if it was ready. */
  readonly entry: WorktreeEntry | undefined;
  /** The default branch, if it is known. */
  readonly into: string | null;
  readonly merge: Merge | null;
}

/** What removing a branch or worktree would do to the commits that were made there. */
export async function findCommitsAtRisk(
  question: Omit<CommitQuestion, 'merge'>,
  adapters: RemovalAdapters,
): Promise<{ readonly merge: Merge | null; readonly commits: CommitsAtRisk }> {
  const { manifest, tip, into } = question;
  const merge = tip === null ? null : await findMerge({ manifest, tip, into }, adapters);
  return { merge, commits: await commitsAtRisk({ ...question, merge }, adapters) };
}

interface CommitsAtRisk {
  readonly kept: readonly string[];
  readonly losses: readonly string[];
}

/** Commits that the default branch does not reach. Pushed and merged ones are not a loss, but stay reachable all the same. */
async function commitsAtRisk(
  { manifest, tip, branchGoes, entry, into, merge }: CommitQuestion,
  { git }: RemovalAdapters,
): Promise<CommitsAtRisk> {
  const detached = entry?.branch === null ? entry.head : null;
  // A remote branch that git remembers may be gone from its remote: it is not a loss, but nothing that keeps a commit either.
  const keepers = [into, into === null ? null : await localBranch(into, git), ...(branchGoes ? [] : [tip])];
  const kept: string[] = [];
  const losses: string[] = [];
  // A build that the user has thrown away is not a loss to them, but an agent was paid for it.
  const built = await git.readRef(builtRef(manifest.project));
  if (built !== null && !(await isReachable(built, [...keepers, tip, detached], git))) kept.push(built);
  for (const commit of new Set([branchGoes ? tip : null, detached])) {
    if (commit === null || (await isReachable(commit, keepers, git))) continue;
    kept.push(commit);
    // What was there before is not a work of its own; but its branch may be gone by now, and this one the last to hold it.
    if (await git.isAncestor(commit, manifest.base)) continue;
    if ((await git.remoteBranchesWith(commit)).length > 0) continue;
    if (commit === tip && merge !== null && (merge.kind !== 'open' || (await isAncestorOf(merge.pullRequest.head, commit, git)))) continue;
    const commits = (await git.log(manifest.base, commit)).length;
    const where = commit === tip ? `on "${manifest.branch}"` : 'on a detached HEAD';
    losses.push(`${count(commits, 'unpushed and unmerged commit')} ${where}`);
  }
  return { kept, losses };
}

/** False when the descendant is not here. */
async function isAncestorOf(descendant: string, commit: string, git: RemovalAdapters['git']): Promise<boolean> {
  return (await git.resolveCommit(descendant)) !== null && git.isAncestor(commit, descendant);
}

async function isReachable(commit: string, keepers: readonly (string | null)[], git: RemovalAdapters['git']): Promise<boolean> {
  for (const keeper of keepers) if (keeper !== null && (await git.isAncestor(commit, keeper))) return true;
  return false;
}

/** Where the default branch stands here, which may be ahead of its remote. */
async function localBranch(into: string, git: RemovalAdapters['git']): Promise<string | null> {
  return git.readRef(`refs/heads/${into.replace(/^origin\//, '')}`);
}

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
