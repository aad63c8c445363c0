import { listRefs, readRef } from './refs.js';
import type { Repository } from './repository.js';

const REMOTE_BRANCHES = 'refs/remotes/origin/';
const REMOTE_HEAD = `${REMOTE_BRANCHES}HEAD`;
const LOCAL_BRANCHES = 'refs/heads/';

/** The default branch of `origin` as `origin/main`, the local one when there is no remote, or null when unknown. @param issueBranches branches that are certainly not it */
export async function defaultBranch(repository: Repository, issueBranches: readonly string[] = []): Promise<string | null> {
  const isCandidate = (name: string): boolean => !name.startsWith('issue/') && !issueBranches.includes(name);
  const remotes = (await repository.inMain(['remote'])).stdout.split('\n').filter((name) => name !== '');
  if (remotes.length === 0) return localDefaultBranch(repository, isCandidate);
  return remotes.includes('origin') ? remoteDefaultBranch(repository, isCandidate) : null;
}

async function remoteDefaultBranch(repository: Repository, isCandidate: (name: string) => boolean): Promise<string | null> {
  const { exitCode, stdout } = await repository.inMain(['symbolic-ref', '-q', REMOTE_HEAD], { answers: [0, 1] });
  const branches = (await listRefs(repository, REMOTE_BRANCHES)).map((entry) => entry.ref).filter((ref) => ref !== REMOTE_HEAD);
  const named = stdout.trim();
  const candidates = branches.filter((ref) => isCandidate(ref.slice(REMOTE_BRANCHES.length)));
  const found = exitCode === 0 && branches.includes(named) ? named : onlyOne(candidates);
  return found?.slice('refs/remotes/'.length) ?? null;
}

async function localDefaultBranch(repository: Repository, isCandidate: (name: string) => boolean): Promise<string | null> {
  const { exitCode, stdout } = await repository.inMain(['config', '--get', 'init.defaultBranch'], { answers: [0, 1] });
  const configured = stdout.trim();
  if (exitCode === 0 && (await readRef(repository, LOCAL_BRANCHES + configured)) !== null) return configured;
  const branches = (await listRefs(repository, LOCAL_BRANCHES)).map((entry) => entry.ref.slice(LOCAL_BRANCHES.length));
  return onlyOne(branches.filter(isCandidate));
}

function onlyOne(names: readonly string[]): string | null {
  const [name] = names;
  return names.length === 1 && name !== undefined ? name : null;
}
