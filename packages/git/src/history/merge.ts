import type { MergeOutcome } from '@nx-fleet/core';
import { fleetIdentity } from '../command/environment.js';
import { splitNul } from '../command/git-output.js';
import type { Repository } from '../repository/repository.js';
import { isAncestor, mergeBase, requireCommit, requireTree, resolveTree } from '../repository/revisions.js';
import { mergeTrees } from './attributes.js';

/** Merges commits in order without any worktree; the same commits always make the same commit. */
export async function mergeCommits(repository: Repository, commits: readonly string[], message: string): Promise<MergeOutcome> {
  const [first, ...others] = await Promise.all(commits.map((commit) => requireCommit(repository, commit)));
  if (first === undefined) throw new Error('No commit to merge');
  let merged = first;
  for (const other of others) {
    const outcome = await mergeTwo(repository, { ours: merged, theirs: other, message });
    if (outcome.kind === 'conflict') return outcome;
    merged = outcome.commit;
  }
  return { kind: 'merged', commit: merged };
}

interface Merge {
  readonly ours: string;
  readonly theirs: string;
  readonly message: string;
}

async function mergeTwo(repository: Repository, merge: Merge): Promise<MergeOutcome> {
  if (await isAncestor(repository, merge.theirs, merge.ours)) return { kind: 'merged', commit: merge.ours };
  if (await isAncestor(repository, merge.ours, merge.theirs)) return { kind: 'merged', commit: merge.theirs };
  const base = await requireTree(repository, (await mergeBase(repository, merge.ours, merge.theirs)) ?? merge.ours);
  const merged = await mergeTwoTrees(repository, base, [merge.ours, merge.theirs]);
  return merged.kind === 'conflict' ? merged : { kind: 'merged', commit: await commitMerge(repository, merged.tree, merge) };
}

type TreeOutcome = { readonly kind: 'merged'; readonly tree: string } | Extract<MergeOutcome, { kind: 'conflict' }>;

/** Merges what two trees make of a third one. */
async function mergeFiles(
  repository: Repository,
  { base, ours, theirs }: { readonly base: string; readonly ours: string; readonly theirs: string },
): Promise<TreeOutcome> {
  if (base === ours || ours === theirs) return { kind: 'merged', tree: theirs };
  if (base === theirs) return { kind: 'merged', tree: ours };
  // `--merge-base` came with git 2.40: commits of our own tell an older one what the two have in common.
  const commit = async (tree: string, ...parents: readonly string[]): Promise<string> => {
    const options = { input: '', variables: fleetIdentity('@946684800 +0000') };
    const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-F', '-'];
    return (await repository.inMain(args, options)).stdout.trim();
  };
  const shared = await commit(base);
  return mergeTwoTrees(repository, base, [await commit(ours, shared), await commit(theirs, shared)]);
}

/** @param base the tree of what both have in common */
async function mergeTwoTrees(repository: Repository, base: string, commits: readonly [string, string]): Promise<TreeOutcome> {
  const flags = ['--name-only', '--no-messages', '-z'];
  const { exitCode, stdout } = await mergeTrees(repository, { base, flags, commits });
  const [tree = '', ...files] = splitNul(stdout);
  return exitCode === 1 ? { kind: 'conflict', files: [...new Set(files)] } : { kind: 'merged', tree };
}

async function commitMerge(repository: Repository, tree: string, merge: Merge): Promise<string> {
  const times = [await commitTime(repository, merge.ours), await commitTime(repository, merge.theirs)];
  const options = { input: merge.message, variables: fleetIdentity(`@${Math.max(...times)} +0000`) };
  const args = ['commit-tree', tree, '-p', merge.ours, '-p', merge.theirs, '-F', '-'];
  return (await repository.inMain(args, options)).stdout.trim();
}

/** In seconds since 1970. */
async function commitTime(repository: Repository, commit: string): Promise<number> {
  const { stdout } = await repository.inMain(['log', '-1', '--no-color', '--format=%ct', commit, '--']);
  return Number(stdout.trim());
}

export interface CommitRange {
  readonly base: string;
  readonly head: string;
}

/**
 * Copies the commits base..head onto another commit without any worktree, with their authors, times and messages: the same commits always make
 * the same ones, and where they stand already they keep their ids. Of a merge only what it brings to its first parent counts.
 */
export async function moveCommits(repository: Repository, { base, head }: CommitRange, onto: string): Promise<MergeOutcome> {
  let [before, current, commit] = [await treeOf(repository, base), await treeOf(repository, onto), await requireCommit(repository, onto)];
  for (const one of await firstParents(repository, { base, head })) {
    const merged = await mergeFiles(repository, { base: before, ours: current, theirs: one.tree });
    if (merged.kind === 'conflict') return merged;
    [before, current] = [one.tree, merged.tree];
    commit = await copyCommit(repository, one.commit, { tree: current, parent: commit });
  }
  return { kind: 'merged', commit };
}

/** A commit that holds a tree and nothing else: it is the same in every repository. */
export async function rootCommit(repository: Repository, tree: string): Promise<string> {
  const options = { input: 'Start\n', variables: fleetIdentity('@946684800 +0000') };
  return (await repository.inMain(['commit-tree', tree, '-F', '-'], options)).stdout.trim();
}

async function firstParents(repository: Repository, { base, head }: CommitRange): Promise<readonly { commit: string; tree: string }[]> {
  const range = `${await requireCommit(repository, base)}..${await requireCommit(repository, head)}`;
  const { stdout } = await repository.inMain(['log', '--first-parent', '--reverse', '--no-color', '--format=%H %T', range, '--']);
  const lines = stdout.split('\n').filter(Boolean);
  return lines.map((line) => ({ commit: line.slice(0, line.indexOf(' ')), tree: line.slice(line.indexOf(' ') + 1) }));
}

async function treeOf(repository: Repository, revision: string): Promise<string> {
  const tree = await resolveTree(repository, revision);
  if (tree === null) throw new Error(`there is no commit ${revision}`);
  return tree;
}

/** Signatures are of the commit as it was, so they stay behind. */
async function copyCommit(
  repository: Repository,
  commit: string,
  { tree, parent }: { readonly tree: string; readonly parent: string },
): Promise<string> {
  const { stdout } = await repository.inMain(['cat-file', 'commit', commit]);
  const end = stdout.indexOf('\n\n');
  const kept = stdout
    .slice(0, end)
    .split('\n')
    .filter((line) => /^(?:author|committer|encoding) /.test(line));
  const input = [`tree ${tree}`, `parent ${parent}`, ...kept].join('\n') + stdout.slice(end);
  return (await repository.inMain(['hash-object', '-t', 'commit', '-w', '--stdin'], { input })).stdout.trim();
}
