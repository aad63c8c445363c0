import type { Issue } from '../issue/issue.js';

/** Where issues come from. */
export interface Tracker {
  /** `github`, `markdown`, … */
  readonly type: string;
  /**
   * Fetches one issue by what the user typed: `42`, `PROJ-7`, `docs/issues/dark-mode.md`.
   * @throws UserError when it is unknown, not readable, or the tracker does not answer; the message never holds a token
   */
  fetchIssue(reference: string): Promise<Issue>;
}
