import { printableLine } from '@nx-fleet/core';
import { splitNul } from '../command/git-output.js';
import { listAllWorktrees } from '../worktrees/worktree-list.js';
import type { Repository } from './repository.js';
import { requireCommit, resolveCommit } from './revisions.js';

export interface RefEntry {
  readonly ref: string;
  readonly commit: string;
}

/** Full names and commits of the refs at or under a prefix; annotated tags are followed to what they name. */
export async function listRefs(repository: Repository, prefix: string): Promise<readonly RefEntry[]> {
  requireFullName(prefix);
  const { stdout } = await repository.inMain(['for-each-ref', '--format=%(refname)%00%(objectname)%00%(*objectname)', prefix]);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [ref = '', id = '', followed = ''] = line.split('\0');
      return { ref, commit: followed === '' ? id : followed };
    });
}

export async function readRef(repository: Repository, ref: string): Promise<string | null> {
  const entries = await listRefs(repository, ref);
  return entries.find((entry) => entry.ref === ref)?.commit ?? null;
}

export async function writeRef(repository: Repository, ref: string, commit: string): Promise<void> {
  requireFullName(ref);
  await repository.inMain(['update-ref', '--no-deref', ref, await requireCommit(repository, commit)]);
}

/** Writes a ref that is not there yet, atomically. False when it is. */
export async function createRef(repository: Repository, ref: string, commit: string): Promise<boolean> {
  requireFullName(ref);
  const id = await requireCommit(repository, commit);
  const create = ['update-ref', '--no-deref', ref, id, '0'.repeat(id.length)];
  if ((await repository.inMain(create, { answers: [0, 128] })).exitCode === 0) return true;
  if ((await readRef(repository, ref)) !== null) return false;
  await repository.inMain(create);
  return true;
}

/** Deletes a ref, with `expected` only if it still names that commit. A missing ref is fine. */
export async function deleteRef(repository: Repository, ref: string, expected?: string): Promise<void> {
  requireFullName(ref);
  const remove = ['update-ref', '--no-deref', '-d', ref];
  if (expected === undefined) return void (await repository.inMain(remove));
  const { exitCode } = await repository.inMain([...remove, expected], { answers: [0, 1, 128] });
  if (exitCode !== 0 && (await readRef(repository, ref)) === expected) await repository.inMain([...remove, expected]);
}

/** Whether git would take this as a branch name. */
export async function isBranchName(repository: Repository, branch: string): Promise<boolean> {
  if (branch.includes('\0')) return false;
  return repository.remember(`branch name ${branch}`, () => askBranchName(repository, branch));
}

async function askBranchName(repository: Repository, branch: string): Promise<boolean> {
  const { exitCode, stdout } = await repository.inMain(['check-ref-format', '--branch', branch], { answers: [0, 1, 128] });
  // `@{-1}` is taken and answered with the branch that it represents.
  return exitCode === 0 && stdout === `${branch}\n`;
}

/** A branch, here or at `origin`, beside which this one cannot exist. */
export async function branchInTheWay(
  repository: Repository,
  branch: string,
): Promise<{ readonly name: string; readonly isRemote: boolean } | null> {
  const config = await repository.inMain(['config', '--type=bool', '--get', 'core.ignoreCase'], { answers: [0, 1] });
  const ignoresCase = config.stdout.trim() === 'true';
  const fold = (name: string): string => (ignoresCase ? name.toLowerCase() : name);
  const wanted = fold(branch);
  for (const prefix of ['refs/heads/', 'refs/remotes/origin/']) {
    const names = (await listRefs(repository, prefix)).map(({ ref }) => ref.slice(prefix.length));
    const found = names.find((name) => {
      const other = fold(name);
      return other.startsWith(`${wanted}/`) || wanted.startsWith(`${other}/`) || (other === wanted && name !== branch);
    });
    if (found !== undefined) return { name: found, isRemote: prefix !== 'refs/heads/' };
  }
  return null;
}

/** Creates a branch atomically. @throws Error when it exists */
export async function createBranch(repository: Repository, branch: string, commit: string): Promise<void> {
  const [id] = await Promise.all([requireCommit(repository, commit), requireBranchName(repository, branch)]);
  await repository.inMain(['update-ref', `refs/heads/${branch}`, id, '0'.repeat(id.length)]);
}

/** Deletes a branch if it still points at `expectedTip`; one that is gone is fine. @throws Error when it has moved or is checked out */
export async function deleteBranch(repository: Repository, branch: string, expectedTip: string): Promise<void> {
  await requireBranchName(repository, branch);
  if ((await readRef(repository, `refs/heads/${branch}`)) === null) return;
  const holder = (await listAllWorktrees(repository)).find((worktree) => worktree.branch === branch);
  if (holder !== undefined) throw new Error(`Branch "${branch}" is checked out in "${printableLine(holder.path)}"`);
  await repository.inMain(['update-ref', '-d', `refs/heads/${branch}`, await requireCommit(repository, expectedTip)]);
}

/** Remote-tracking branches that contain the commit, as `origin/main`. */
export async function remoteBranchesWith(repository: Repository, commit: string): Promise<readonly string[]> {
  const id = await resolveCommit(repository, commit);
  if (id === null) return [];
  const format = '--format=%(symref)%00%(refname:lstrip=2)';
  const { stdout } = await repository.inMain(['for-each-ref', `--contains=${id}`, format, 'refs/remotes/']);
  return stdout
    .split('\n')
    .map((line) => line.split('\0'))
    .flatMap(([symref, name]) => (symref === '' && name !== undefined ? [name] : []));
}

/** @throws Error when git would not take it */
async function requireBranchName(repository: Repository, branch: string): Promise<void> {
  if (!(await isBranchName(repository, branch))) throw new Error(`"${printableLine(branch)}" is not a branch name`);
}

function requireFullName(ref: string): void {
  if (!ref.startsWith('refs/') || ref.includes('\0')) throw new Error(`"${printableLine(ref)}" is not a full ref name`);
}

/** Entries of the stash that were made on a branch, as `stash@{0}: WIP on issue/42: …`. */
export async function stashesOn(repository: Repository, branch: string): Promise<readonly string[]> {
  await requireBranchName(repository, branch);
  const { stdout } = await repository.inMain(['stash', 'list', '-z', '--no-color', '--format=%gd%x09%gs']);
  // git has no other record of the branch than the words that it begins the entry with.
  const starts = [`WIP on ${branch}: `, `On ${branch}: `];
  return splitNul(stdout).flatMap((entry) => {
    const [name = '', ...message] = entry.split('\t');
    const text = message.join('\t');
    return starts.some((start) => text.startsWith(start)) ? [printableLine(`${name}: ${text}`)] : [];
  });
}
