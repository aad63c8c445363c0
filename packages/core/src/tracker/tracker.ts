import type { Issue } from '../issue/issue.js';

export interface PullRequest {
  readonly number: number;
  readonly title: string;
  /** Markdown; empty when there is none. */
  readonly body: string;
  readonly url: string;
  readonly state: 'open' | 'merged' | 'closed';
  /** The branch that it brings, without `refs/heads/`. */
  readonly branch: string;
  /** The commit at its head. */
  readonly head: string;
  /** The branch that it is to go into. */
  readonly baseBranch: string;
  /** True when its branch is in another repository. */
  readonly isFork: boolean;
  /** The ref that holds its head in the repository itself: `refs/pull/12/head`. */
  readonly ref: string;
}

/** Where issues come from. */
export interface Tracker {
  /** `github`, `markdown`, … */
  readonly type: string;
  /**
   * Fetches one issue by what the user typed: `42`, `PROJ-7`, `docs/issues/dark-mode.md`.
   * @throws UserError when it is unknown, not readable, or the tracker does not answer; the message never holds a token
   */
  fetchIssue(reference: string): Promise<Issue>;
  /** Absent where there are no pull requests. @throws UserError when there is none of that number */
  fetchPullRequest?(number: number): Promise<PullRequest>;
  /** The pull requests of a branch of this repository, newest first. Absent where there are none. @throws UserError when the tracker does not answer */
  pullRequestsOf?(branch: string): Promise<readonly PullRequest[]>;
}
