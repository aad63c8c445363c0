import { z } from 'zod';

/** Where a command was started, in git's words. Absolute real paths. */
export interface RepositoryLocation {
  readonly mainWorktree: string;
  /** The worktree that the command was started in; the main one or a linked one. */
  readonly currentWorktree: string;
  /** Shared by all worktrees: it identifies the repository on this machine. */
  readonly commonDirectory: string;
}

export interface WorktreeEntry {
  readonly path: string;
  readonly head: string | null;
  /** Without `refs/heads/`; null for a detached HEAD. */
  readonly branch: string | null;
  readonly locked: boolean;
}

export interface CommitSummary {
  readonly id: string;
  readonly subject: string;
  readonly author: string;
}

/** A file of a tree as git stores it. */
export interface TreeFile {
  /** From the root, with `/`. */
  readonly path: string;
  /** In octal: `100644`, `100755` for a program, `120000` for a link, `160000` for a submodule. */
  readonly mode: string;
  /** Id of its content; of a submodule's commit. */
  readonly object: string;
}

export interface ChangedFile {
  readonly path: string;
  readonly kind: 'added' | 'modified' | 'deleted' | 'renamed';
  readonly binary: boolean;
}

export interface LineCounts {
  readonly added: number;
  readonly removed: number;
}

export type MergeOutcome =
  | { readonly kind: 'merged'; readonly commit: string }
  | { readonly kind: 'conflict'; readonly files: readonly string[] };

/** What belongs to the work of a worktree that is stored. */
export interface WorkScope {
  /** The commit that the work starts from: submodules that it does not have are stored as files. @default HEAD */
  readonly base?: string;
  /** Glob patterns of files with secrets of nx-fleet, relative: they are stored as the base has them, or not at all. */
  readonly without?: readonly string[];
}

/** A throw-away checkout with a history of its own, made of exactly the trees that a reader's cache key names. */
export interface Snapshot {
  /** Absolute real path. HEAD is `tree`, HEAD~1 is `baseTree` when both are given; no other history, ref, remote or object exists. */
  readonly directory: string;
  /** A digest of everything git knows here: tree, index, refs, stash, config, hooks. Equal before and after a reader, or it wrote. */
  fingerprint(): Promise<string>;
  remove(): Promise<void>;
}

export interface SnapshotRequest {
  /** Tree or commit id that the reader is shown. */
  readonly tree: string;
  /** Tree or commit id of the base; when given, `git diff HEAD~1` in the snapshot is the change. */
  readonly baseTree?: string;
  /** Git pathspecs whose content is taken from `baseTree` in the work tree: the rules that a writer must not soften. */
  readonly pathsFromBase?: readonly string[];
}

export interface WatchRequest {
  /**
   * `setup`: configuration, hooks, attributes, object stores: what decides what git runs. `all`: also branches, tags and other refs, the stash,
   * and the main worktree's HEAD, index, hooks and files, except what git ignores. Remote-tracking refs and our own are never watched.
   */
  readonly what: 'setup' | 'all';
  /** Absolute path of a worktree whose HEAD is watched in any case; the main one's only with `all`. */
  readonly worktree: string;
  /** Branches that others may move in the meantime: those of other issues. Asked at each comparison. */
  readonly othersBranches: () => Promise<readonly string[]>;
}

/** A repository as it was, to compare it with. */
export interface RepositoryWatch {
  /**
   * What is different, a printable line for each thing; empty when all is as before. `keep` gets commits of what was there and is lost: of refs,
   * stash entries, files up to 8 MiB. Nothing is put back.
   */
  compare(keep: (commit: string) => Promise<void>): Promise<readonly string[]>;
}

/**
 * Git, for one repository. Revisions and paths may come from outside: an implementation guards against leading dashes.
 * `worktree` parameters are absolute paths. Unless a method says otherwise a failure of git is thrown as an Error with git's stderr.
 */
export interface Git {
  /**
   * A bare repository has no main worktree: the linked one on the default branch acts as it, else the current one.
   * @throws UserError when the folder is in no git repository, is a bare one itself, or git is missing
   */
  locate(): Promise<RepositoryLocation>;
  /** The commit that a revision names, or null. */
  resolveCommit(revision: string): Promise<string | null>;
  /** The tree that a revision names, or null. */
  resolveTree(revision: string): Promise<string | null>;
  /** The remote's default branch as `origin/main`, the local one as `main` when the repository has no remote, or null when unknown: never a guess. `issueBranches` are not candidates. */
  defaultBranch(issueBranches?: readonly string[]): Promise<string | null>;
  /** Whether the history was cut off by a shallow clone. */
  isShallow(): Promise<boolean>;
  /** URL of the remote `origin` without credentials, or null. */
  remoteUrl(): Promise<string | null>;
  /** Whether git would take this as a branch name. */
  isBranchName(branch: string): Promise<boolean>;
  isAncestor(ancestor: string, descendant: string): Promise<boolean>;
  /** Commits that are reachable from `head` and not from `base`, oldest first. */
  log(base: string, head: string): Promise<readonly CommitSummary[]>;
  /** Subjects of the newest commits of a history, merges left out. */
  recentSubjects(commit: string, count: number): Promise<readonly string[]>;
  /** Remote-tracking branches that contain the commit. */
  remoteBranchesWith(commit: string): Promise<readonly string[]>;

  listWorktrees(): Promise<readonly WorktreeEntry[]>;
  /** A branch, here or at `origin`, beside which this one cannot exist: one is named like a folder of the other, or, where git ignores case, differs by case only. */
  branchInTheWay(branch: string): Promise<{ readonly name: string; readonly isRemote: boolean } | null>;
  /** Creates a branch atomically. @throws Error when it exists */
  createBranch(branch: string, commit: string): Promise<void>;
  /** Deletes a branch if it still points at `expectedTip`. */
  deleteBranch(branch: string, expectedTip: string): Promise<void>;
  /** Registers a linked worktree for an existing branch, without checking out. Serialized over processes; retried when git's own locks collide. */
  addWorktree(path: string, branch: string): Promise<void>;
  /** Registers a linked worktree at a commit with a detached HEAD, without checking out. */
  addDetachedWorktree(path: string, commit: string): Promise<void>;
  /** Fills a new worktree with its HEAD's files, sparse as the main one, submodules included; one whose checkout was finished is left as it is. Runs no hook. */
  checkoutWorktree(path: string): Promise<void>;
  /** Whether a worktree's checkout was finished: from then on its files may be somebody's work. False for one that is not there. */
  isCheckedOut(path: string): Promise<boolean>;
  /** Moves a linked worktree with all that is in it. Run again after an interruption, it finishes. False when `from` is not a complete worktree, or cannot be moved. @throws UserError when something else is at `to` */
  moveWorktree(from: string, to: string): Promise<boolean>;
  /** Puts a clean worktree with a detached HEAD on an existing branch; only files that differ are written. Runs no hook. @throws UserError when the branch is checked out elsewhere */
  switchWorktree(path: string, branch: string): Promise<void>;
  /**
   * Removes a worktree with whatever is in it, even half-made ones. The caller has made sure that nothing is lost.
   * @param discard takes the folder away once it is known to be a removable worktree of this repository @default removes it
   */
  removeWorktree(path: string, discard?: (path: string) => Promise<void>): Promise<void>;
  /** Entries of the stash that were made on a branch. */
  stashesOn(branch: string): Promise<readonly string[]>;
  /**
   * Whether everything that `head` changes since it left `onto` is in `onto` already, whatever the commits are called:
   * rebased, cherry-picked, or squashed into one.
   */
  isContained(head: string, onto: string): Promise<boolean>;
  /** The best common ancestor, or null. */
  mergeBase(one: string, other: string): Promise<string | null>;
  /** Fetches one ref from `origin`, such as `refs/pull/12/head`. @returns its commit @throws UserError when it cannot be had */
  fetchFromOrigin(ref: string): Promise<string>;
  /** Ignored, untracked files of a worktree that match a file of patterns in gitignore syntax, relative. Empty without such a file. */
  ignoredMatching(worktree: string, patternFile: string): Promise<readonly string[]>;

  /** Of texts of one line, those that a text file of a revision has as a whole word. Of a partial clone none. */
  textsIn(revision: string, texts: readonly string[]): Promise<ReadonlySet<string>>;
  /** Files of a worktree that git tracks and that match pathspecs; with a text, those that hold it. */
  trackedMatching(worktree: string, search: { readonly pathspecs: readonly string[]; readonly text?: string }): Promise<readonly string[]>;

  /** The branch checked out in a worktree, or null for a detached HEAD. */
  currentBranch(worktree: string): Promise<string | null>;
  /** Files that git calls changed though they are exactly what it writes for HEAD: a rule for line ends or a filter came after them. */
  convertedPaths(worktree: string): Promise<readonly string[]>;
  /** Paths that differ from HEAD: staged, changed, or untracked and not ignored; not those in `convertedPaths`. Empty means clean. */
  dirtyPaths(worktree: string): Promise<readonly string[]>;
  /** Of these paths (relative to the worktree), those that git ignores. */
  ignoredPaths(worktree: string, paths: readonly string[]): Promise<readonly string[]>;
  /** Moves the worktree's branch and files to a commit; untracked files go, repositories among them too, and ignored ones stay. */
  resetWorktree(worktree: string, commit: string): Promise<void>;
  /**
   * Commits everything that is not ignored, repositories inside of the worktree as files, but no linked worktree. Runs no hook, signs nothing.
   * @returns the commit, or null when there is nothing to commit
   * @throws UserError for what git cannot store, before anything is changed
   */
  commitAll(worktree: string, message: string, scope?: WorkScope): Promise<string | null>;
  /**
   * Stores the work tree as it is, untracked files and repositories included, as a commit on top of HEAD, without changing anything in the worktree.
   * What git cannot store is left out. When a commit since the base has a file of `without`, the new one is on top of the base.
   */
  captureWorktree(worktree: string, message: string, scope?: WorkScope): Promise<string>;

  readRef(ref: string): Promise<string | null>;
  writeRef(ref: string, commit: string): Promise<void>;
  /** Writes a ref that is not there yet, atomically. False when it is. */
  createRef(ref: string, commit: string): Promise<boolean>;
  /** Deletes a ref, with `expected` only if it still names that commit. A missing ref is fine. */
  deleteRef(ref: string, expected?: string): Promise<void>;
  /** Full names and commits of the refs under a prefix such as `refs/nx-fleet/backup/`. */
  listRefs(prefix: string): Promise<readonly { readonly ref: string; readonly commit: string }[]>;

  /** Unified diff between two trees or commits, rename detection on, binary files named only. Independent of the user's git configuration. */
  diff(base: string, head: string): Promise<string>;
  changedFiles(base: string, head: string): Promise<readonly ChangedFile[]>;
  /** Lines that a change adds to and removes from each text file, whatever attributes say about it; a binary file is missing. */
  lineCounts(base: string, head: string): Promise<ReadonlyMap<string, LineCounts>>;
  /** Of these paths, those that the attributes in a tree mark as generated, by the attribute: `linguist-generated`, `binary` or `-diff`. No other attributes count. */
  generatedMarks(tree: string, paths: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** What is in a regular file of a tree or commit, or null if there is none. */
  readFile(revision: string, path: string): Promise<string | null>;
  /** Where a symbolic link of a tree or commit leads, as it is written; null if there is none. */
  readLink(revision: string, path: string): Promise<string | null>;
  /** All files of a tree or commit, submodules included. @throws UserError when a name is not UTF-8 */
  listFiles(tree: string): Promise<readonly TreeFile[]>;
  /** Writes trees of files whose contents are in the repository. @returns their ids @throws Error when a file is in the way of another's folder */
  writeTrees(trees: readonly (readonly TreeFile[])[]): Promise<readonly string[]>;
  /** Writes the commits base..head as a git bundle that builds on the files of the base, whatever its commit is called. */
  createBundle(file: string, base: string, head: string): Promise<void>;
  /** Brings a bundle's commits onto a commit, as `moveCommits` does. Creates no branch, leaves no ref. @throws Error when it does not build on these files */
  fetchBundle(file: string, baseTree: string, onto: string): Promise<MergeOutcome>;
  /** Copies the commits base..head onto another commit without any worktree: the same commits always make the same ones, and keep their ids where they stand already. */
  moveCommits(base: string, head: string, onto: string): Promise<MergeOutcome>;
  /** Merges commits in order without any worktree. One commit is returned as it is. */
  mergeCommits(commits: readonly string[], message: string): Promise<MergeOutcome>;

  createSnapshot(request: SnapshotRequest): Promise<Snapshot>;
  /** Remembers how the repository is. */
  watch(request: WatchRequest): Promise<RepositoryWatch>;
}

/** A full object name, SHA-1 or SHA-256. */
export const objectIdSchema = z.string().regex(/^[0-9a-f]{40,64}$/);
