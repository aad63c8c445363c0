import type { IssueOption } from '../worktree/schema.js';

export interface RemoveWorktreeGeneratorSchema {
  /** Issue number, key or Markdown file; several with commas. */
  readonly issue?: IssueOption;
  /** Remove although work would be lost; a ref keeps it. */
  readonly force?: boolean;
  /** Remove all whose work is in the default branch. */
  readonly merged?: boolean;
}
