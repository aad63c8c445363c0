import type { Git, ProcessEnd } from '@nx-fleet/core';
import { captureWorktree, commitAll } from './history/commits.js';
import { isContained } from './history/contained.js';
import { changedFiles, diff, generatedMarks, lineCounts } from './history/diff.js';
import { mergeCommits, moveCommits } from './history/merge.js';
import { listFiles, readFile, readLink, textsIn, trackedMatching, writeTrees } from './history/trees.js';
import { createBundle, fetchBundle } from './remote/bundle.js';
import { fetchFromOrigin } from './remote/fetch-origin.js';
import { defaultBranch, remoteUrl } from './remote/origin.js';
import {
  branchInTheWay,
  createBranch,
  createRef,
  deleteBranch,
  deleteRef,
  isBranchName,
  listRefs,
  readRef,
  remoteBranchesWith,
  stashesOn,
  writeRef,
} from './repository/refs.js';
import { createRepository } from './repository/repository.js';
import { isAncestor, isShallow, log, mergeBase, recentSubjects, resolveCommit, resolveTree } from './repository/revisions.js';
import { createSnapshot } from './snapshot/snapshot.js';
import { watchRepository } from './watch/watch-repository.js';
import { addDetachedWorktree, addWorktree } from './worktrees/add-worktree.js';
import { checkoutWorktree, isCheckedOut, switchWorktree } from './worktrees/checkout-worktree.js';
import { moveWorktree } from './worktrees/move-worktree.js';
import { removeWorktree } from './worktrees/remove-worktree.js';
import { convertedPaths, currentBranch, dirtyPaths, ignoredMatching, ignoredPaths, resetWorktree } from './worktrees/work-tree-state.js';
import { listWorktrees } from './worktrees/worktree-list.js';

export interface CreateGitOptions {
  /** The whole environment that git is started from. @default process.env */
  readonly env?: Readonly<Record<string, string>>;
  /** What ends each git, and removes each folder, with this process. @default neither */
  readonly end?: ProcessEnd;
}

/** Git for the repository that a folder belongs to; the folder may be a sub-folder or a linked worktree. Nothing runs before the first call. */
export function createGit(directory: string, options: CreateGitOptions = {}): Git {
  const repository = createRepository(directory, options.env ?? process.env, options.end);
  return {
    locate: () => repository.locate(),
    resolveCommit: (revision) => resolveCommit(repository, revision),
    resolveTree: (revision) => resolveTree(repository, revision),
    defaultBranch: (issueBranches) => defaultBranch(repository, issueBranches),
    isShallow: () => isShallow(repository),
    remoteUrl: () => remoteUrl(repository),
    isBranchName: (branch) => isBranchName(repository, branch),
    isAncestor: (ancestor, descendant) => isAncestor(repository, ancestor, descendant),
    log: (base, head) => log(repository, base, head),
    recentSubjects: (commit, count) => recentSubjects(repository, commit, count),
    remoteBranchesWith: (commit) => remoteBranchesWith(repository, commit),
    listWorktrees: () => listWorktrees(repository),
    branchInTheWay: (branch) => branchInTheWay(repository, branch),
    createBranch: (branch, commit) => createBranch(repository, branch, commit),
    deleteBranch: (branch, expectedTip) => deleteBranch(repository, branch, expectedTip),
    addWorktree: (path, branch) => addWorktree(repository, path, branch),
    addDetachedWorktree: (path, commit) => addDetachedWorktree(repository, path, commit),
    checkoutWorktree: (path) => checkoutWorktree(repository, path),
    isCheckedOut: (path) => isCheckedOut(repository, path),
    moveWorktree: (from, to) => moveWorktree(repository, from, to),
    switchWorktree: (path, branch) => switchWorktree(repository, path, branch),
    removeWorktree: (path, discard) => removeWorktree(repository, path, discard),
    stashesOn: (branch) => stashesOn(repository, branch),
    isContained: (head, onto) => isContained(repository, head, onto),
    mergeBase: (one, other) => mergeBase(repository, one, other),
    fetchFromOrigin: (ref) => fetchFromOrigin(repository, ref),
    ignoredMatching: (worktree, patternFile) => ignoredMatching(repository, worktree, patternFile),
    textsIn: (revision, texts) => textsIn(repository, revision, texts),
    trackedMatching: (worktree, search) => trackedMatching(repository, worktree, search),
    currentBranch: (worktree) => currentBranch(repository, worktree),
    convertedPaths: (worktree) => convertedPaths(repository, worktree),
    dirtyPaths: (worktree) => dirtyPaths(repository, worktree),
    ignoredPaths: (worktree, paths) => ignoredPaths(repository, worktree, paths),
    resetWorktree: (worktree, commit) => resetWorktree(repository, worktree, commit),
    commitAll: (worktree, message, scope) => commitAll(repository, worktree, { ...scope, message }),
    captureWorktree: (worktree, message, scope) => captureWorktree(repository, worktree, { ...scope, message }),
    readRef: (ref) => readRef(repository, ref),
    writeRef: (ref, commit) => writeRef(repository, ref, commit),
    createRef: (ref, commit) => createRef(repository, ref, commit),
    deleteRef: (ref, expected) => deleteRef(repository, ref, expected),
    listRefs: (prefix) => listRefs(repository, prefix),
    diff: (base, head) => diff(repository, base, head),
    changedFiles: (base, head) => changedFiles(repository, base, head),
    lineCounts: (base, head) => lineCounts(repository, base, head),
    generatedMarks: (tree, paths) => generatedMarks(repository, tree, paths),
    readFile: (revision, path) => readFile(repository, revision, path),
    readLink: (revision, path) => readLink(repository, revision, path),
    listFiles: (tree) => listFiles(repository, tree),
    writeTrees: (trees) => writeTrees(repository, trees),
    createBundle: (file, base, head) => createBundle(repository, file, { base, head }),
    fetchBundle: (file, baseTree, onto) => fetchBundle(repository, file, { baseTree, onto }),
    moveCommits: (base, head, onto) => moveCommits(repository, { base, head }, onto),
    mergeCommits: (commits, message) => mergeCommits(repository, commits, message),
    createSnapshot: (request) => createSnapshot(repository, request),
    watch: (request) => watchRepository(repository, request),
  };
}
