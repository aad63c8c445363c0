import { fleetIdentity } from '../command/environment.js';
import type { Repository } from '../repository/repository.js';
import { isAncestor, mergeBase, requireCommit, requireTree } from '../repository/revisions.js';
import { mergeTrees } from './attributes.js';

interface Pair {
  readonly head: string;
  readonly onto: string;
}

/**
 * Whether everything that `head` changes since it left `onto` is in `onto` already: as the same commits, rebased or cherry-picked, squashed into
 * one, or because merging it would change nothing. No ref is written.
 */
export async function isContained(repository: Repository, head: string, onto: string): Promise<boolean> {
  const pair = { head: await requireCommit(repository, head), onto: await requireCommit(repository, onto) };
  return (
    (await isAncestor(repository, pair.head, pair.onto)) ||
    (await mergesToNothing(repository, pair)) ||
    (await isSquashed(repository, pair)) ||
    (await isReplayed(repository, pair))
  );
}

async function mergesToNothing(repository: Repository, { head, onto }: Pair): Promise<boolean> {
  const base = await mergeBase(repository, head, onto);
  if (base === null) return false;
  const request = { base: await requireTree(repository, base), flags: ['--no-messages'], commits: [onto, head] as const };
  const { exitCode, stdout } = await mergeTrees(repository, request);
  return exitCode === 0 && stdout.trim() === (await requireTree(repository, onto));
}

/** Looks for one commit that changes all that the branch changes. */
async function isSquashed(repository: Repository, { head, onto }: Pair): Promise<boolean> {
  const base = await mergeBase(repository, head, onto);
  if (base === null) return false;
  const tree = await requireTree(repository, head);
  if (tree === (await requireTree(repository, base))) return true;
  // Always the same object for the same branch, and no ref names it.
  const options = { input: 'squashed', variables: fleetIdentity('@946684800 +0000') };
  const { stdout } = await repository.inMain(['commit-tree', tree, '-p', base, '-F', '-'], options);
  return isReplayed(repository, { head: stdout.trim(), onto });
}

/** Looks for the change of each commit. What a merge settled by hand is in no change, so that with a merge nothing is known. */
async function isReplayed(repository: Repository, { head, onto }: Pair): Promise<boolean> {
  const merges = await repository.inMain(['rev-list', '--min-parents=2', '--max-count=1', `${onto}..${head}`, '--']);
  if (merges.stdout !== '') return false;
  const { stdout } = await repository.inMain(['cherry', onto, head]);
  const commits = stdout.split('\n').filter((line) => line !== '');
  return commits.length > 0 && commits.every((line) => line.startsWith('- '));
}
