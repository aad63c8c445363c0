export type IssueOption = number | string | readonly (number | string)[];

export interface WorktreeGeneratorSchema {
  /** Issue number, key or Markdown file; several with commas. `pr-12` is a pull request. */
  readonly issue?: IssueOption;
  /** Number of a pull request whose branch is to be checked and reviewed as it is. */
  readonly pr?: IssueOption;
  /** Commit or branch to start from. Default: the default branch of origin. */
  readonly base?: string;
  /** Name of the branch; for a single issue only. */
  readonly branch?: string;
  /** Issues that these ones wait for; `none` ignores the tracker's blockers. */
  readonly after?: IssueOption;
  /** Have everything that was paid for done again. */
  readonly again?: boolean;
  /** Take the branch of an issue that is there already with the work on it. */
  readonly adopt?: boolean;
  /** Print how to enter each worktree. */
  readonly open?: boolean;
  /** Use the current checkout as it is; for throw-away ones, as in CI. */
  readonly here?: boolean;
}
