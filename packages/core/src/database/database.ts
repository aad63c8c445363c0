/** Whose database branches: those of one clone on one machine. */
export interface DatabaseOwner {
  /** The repository's name as a slug, for users who read names: `shop`. */
  readonly repository: string;
  /** Eight hex digits that no other clone has: two users' `issue-42` never share a database. */
  readonly clone: string;
  readonly mainWorktree: string;
}

export interface DatabaseBranchRequest extends DatabaseOwner {
  readonly project: string;
  /** Changes when the project is removed and made again: a branch that an earlier one has left behind is replaced by a fresh copy. */
  readonly generation: string;
  readonly worktree: string;
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface DatabaseBranch {
  /** For users, without a secret: `sqlite data/app.db`. */
  readonly description: string;
  /** Environment variables that point at it. Secret: they are written to the worktree's env file and nowhere else. */
  readonly variables: Readonly<Record<string, string>>;
}

/** A database branch of nx-fleet, by whom it was made for. */
export interface OwnedDatabaseBranch {
  readonly project: string;
  readonly generation: string;
  /** Its name at the provider, for users. */
  readonly name: string;
}

/**
 * Isolated copies of the team's database, one per issue, found by names that follow from the request. All methods may be repeated,
 * and finish or replace what a killed call left. Errors never hold a password or key.
 */
export interface Database {
  readonly type: string;
  /** Names of the environment variables that `createBranch` gives; empty without a database. */
  readonly variables: readonly string[];
  /** Whether `listBranches` names every branch of the clone, so that one that it does not name is gone. */
  readonly listsAll: boolean;
  /** Creates the copy, or finds the one that is there. Null when there is no database. @throws UserError */
  createBranch(request: DatabaseBranchRequest): Promise<DatabaseBranch | null>;
  /** A fresh copy in place of the present one. @throws UserError */
  resetBranch(request: DatabaseBranchRequest): Promise<DatabaseBranch | null>;
  /**
   * Removes the copy, with the sessions on it; absence is fine, another owner's is left alone.
   * @param request with `onlyGeneration`, another generation's is left alone too: somebody may have made it since @throws UserError
   */
  removeBranch(request: Omit<DatabaseBranchRequest, 'generation'> & { readonly onlyGeneration?: string }): Promise<void>;
  /** The branches that this clone has made and that are still there; empty where they live in the worktrees. @throws UserError */
  listBranches(owner: DatabaseOwner): Promise<readonly OwnedDatabaseBranch[]>;
  /** Refreshes the snapshot that later copies are made from. Null where copies are always made from the current state. @throws UserError */
  refreshSource(owner: DatabaseOwner, onProgress: (line: string) => void): Promise<string | null>;
}
