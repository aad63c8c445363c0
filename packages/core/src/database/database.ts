export interface DatabaseBranchRequest {
  readonly project: string;
  readonly mainWorktree: string;
  readonly worktree: string;
  readonly onProgress: (line: string) => void;
}

export interface DatabaseBranch {
  /** For people, without a secret: `sqlite data/app.db`. */
  readonly description: string;
  /** Environment variables that point at it. Secret: they are written to the worktree's env file and nowhere else. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Isolated copies of the team's database, one per issue, found by the project's name. All methods may be repeated. */
export interface Database {
  readonly type: string;
  /** Creates the copy, or finds the one that is there. Null when there is no database. @throws UserError */
  createBranch(request: DatabaseBranchRequest): Promise<DatabaseBranch | null>;
  /** A fresh copy in place of the present one. */
  resetBranch(request: DatabaseBranchRequest): Promise<DatabaseBranch | null>;
  removeBranch(request: DatabaseBranchRequest): Promise<void>;
}
