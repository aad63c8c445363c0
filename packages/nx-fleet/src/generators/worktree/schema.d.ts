export type IssueOption = number | string | readonly (number | string)[];

export interface WorktreeGeneratorSchema {
  /** Issue number, key or Markdown file; several with commas. */
  readonly issue: IssueOption;
  /** Commit or branch to start from. Default: the default branch of origin. */
  readonly base?: string;
  /** Name of the branch; for a single issue only. */
  readonly branch?: string;
  /** Issues that these ones wait for; `none` takes away what the tracker says. */
  readonly after?: IssueOption;
  /** Have everything that was paid for done again. */
  readonly again?: boolean;
  /** Print how to enter each worktree. */
  readonly open?: boolean;
}
