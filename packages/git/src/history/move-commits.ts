import type { MergeOutcome } from '@nx-fleet/core';
import { fleetIdentity } from '../command/environment.js';
import type { Repository } from '../repository/repository.js';
import { requireCommit, resolveTree } from '../repository/revisions.js';
import { mergeFiles } from './merge.js';

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
