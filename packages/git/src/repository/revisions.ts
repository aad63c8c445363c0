import { type CommitSummary, printableLine } from '@nx-fleet/core';
import type { Repository } from './repository.js';

/** The id of the commit that a revision names, or null. */
export async function resolveCommit(repository: Repository, revision: string): Promise<string | null> {
  return resolveAs(repository, revision, 'commit');
}

/** The id of the tree that a revision names, or null. */
export async function resolveTree(repository: Repository, revision: string): Promise<string | null> {
  return resolveAs(repository, revision, 'tree');
}

/** @throws Error when the revision names no commit */
export async function requireCommit(repository: Repository, revision: string): Promise<string> {
  const commit = await resolveCommit(repository, revision);
  if (commit === null) throw new Error(`"${printableLine(revision)}" is not a commit of this repository`);
  return commit;
}

/** @throws Error when the revision names no tree */
export async function requireTree(repository: Repository, revision: string): Promise<string> {
  const tree = await resolveTree(repository, revision);
  if (tree === null) throw new Error(`"${printableLine(revision)}" is not a tree of this repository`);
  return tree;
}

const OBJECT_ID = /^(?:[\da-f]{40}|[\da-f]{64})$/;

/** An object never becomes another one: what an id names is asked once. */
async function resolveAs(repository: Repository, revision: string, kind: 'commit' | 'tree'): Promise<string | null> {
  if (OBJECT_ID.test(revision)) return repository.remember(`${revision} as ${kind}`, () => verify(repository, `${revision}^{${kind}}`));
  // In `<revision>:<path>` everything behind the colon is the path, the suffix that asks for a kind included.
  const name = revision.includes(':') ? await verify(repository, revision) : revision;
  return name === null ? null : verify(repository, `${name}^{${kind}}`);
}

async function verify(repository: Repository, revision: string): Promise<string | null> {
  if (revision.includes('\0') || revision.startsWith('^')) {
    await repository.locate();
    return null;
  }
  // 1 is an unknown name; 128 is a name that cannot be followed, such as HEAD@{999}.
  const options = { answers: [0, 1, 128] };
  const { exitCode, stdout } = await repository.here(['rev-parse', '--verify', '-q', '--end-of-options', revision], options);
  return exitCode === 0 ? stdout.trim() : null;
}

export async function isAncestor(repository: Repository, ancestor: string, descendant: string): Promise<boolean> {
  const commits = [await requireCommit(repository, ancestor), await requireCommit(repository, descendant)];
  return repository.remember(`ancestor ${commits.join(' ')}`, async () => {
    const { exitCode } = await repository.inMain(['merge-base', '--is-ancestor', ...commits], { answers: [0, 1] });
    return exitCode === 0;
  });
}

/** The best common ancestor of two commits, or null when their histories have nothing in common. */
export async function mergeBase(repository: Repository, one: string, other: string): Promise<string | null> {
  const commits = [await requireCommit(repository, one), await requireCommit(repository, other)];
  const { exitCode, stdout } = await repository.inMain(['merge-base', ...commits], { answers: [0, 1] });
  return exitCode === 0 ? stdout.trim() : null;
}

/** Commits that are reachable from `head` and not from `base`, oldest first. */
export async function log(repository: Repository, base: string, head: string): Promise<readonly CommitSummary[]> {
  const range = `${await requireCommit(repository, base)}..${await requireCommit(repository, head)}`;
  const { stdout } = await repository.inMain(['log', '-z', '--reverse', '--topo-order', '--no-color', '--format=%H%n%s%n%an', range, '--']);
  return stdout
    .split('\0')
    .filter((record) => record !== '')
    .map((record) => {
      const [id = '', subject = '', author = ''] = record.split('\n');
      return { id, subject, author };
    });
}

/** Subjects of the newest commits of a history, merges left out. */
export async function recentSubjects(repository: Repository, commit: string, count: number): Promise<readonly string[]> {
  const flags = ['-z', '--no-merges', '--no-color', '--format=%s', `--max-count=${count}`];
  const { stdout } = await repository.inMain(['log', ...flags, await requireCommit(repository, commit), '--']);
  return stdout.split('\0').filter((subject) => subject !== '');
}

/** Whether the history was cut off by a shallow clone. */
export async function isShallow(repository: Repository): Promise<boolean> {
  return (await repository.inMain(['rev-parse', '--is-shallow-repository'])).stdout.trim() === 'true';
}
