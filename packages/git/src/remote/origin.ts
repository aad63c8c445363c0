import { bareDefaultBranch } from '../repository/locate.js';
import { listRefs, readRef } from '../repository/refs.js';
import type { Repository } from '../repository/repository.js';

const REMOTE_BRANCHES = 'refs/remotes/origin/';
const REMOTE_HEAD = `${REMOTE_BRANCHES}HEAD`;
const LOCAL_BRANCHES = 'refs/heads/';
/** Branches of issues, and those that kept work is restored to. */
const OURS = ['issue/', 'restored/'];

/** The default branch of `origin` as `origin/main`, the local one when there is no remote, or null when unknown. @param issueBranches branches that are certainly not it */
export async function defaultBranch(repository: Repository, issueBranches: readonly string[] = []): Promise<string | null> {
  const isCandidate = (name: string): boolean => !OURS.some((prefix) => name.startsWith(prefix)) && !issueBranches.includes(name);
  const { commonDirectory } = await repository.locate();
  const [bareHead, remotes] = await Promise.all([bareDefaultBranch(repository.run, commonDirectory), listRemotes(repository)]);
  if (bareHead !== null) return bareBranch(repository, bareHead);
  if (remotes.length === 0) return localDefaultBranch(repository, isCandidate);
  return remotes.includes('origin') ? remoteDefaultBranch(repository, isCandidate) : null;
}

async function listRemotes(repository: Repository): Promise<readonly string[]> {
  const { stdout } = await repository.inMain(['remote']);
  return stdout.split('\n').filter((name) => name !== '');
}

/** A bare clone has its remote's branches as its own, unless somebody told it to track them. */
async function bareBranch(repository: Repository, name: string): Promise<string | null> {
  if ((await readRef(repository, REMOTE_BRANCHES + name)) !== null) return `origin/${name}`;
  return (await readRef(repository, LOCAL_BRANCHES + name)) === null ? null : name;
}

async function remoteDefaultBranch(repository: Repository, isCandidate: (name: string) => boolean): Promise<string | null> {
  const [{ exitCode, stdout }, refs] = await Promise.all([
    repository.inMain(['symbolic-ref', '-q', REMOTE_HEAD], { answers: [0, 1] }),
    listRefs(repository, REMOTE_BRANCHES),
  ]);
  const branches = refs.map((entry) => entry.ref).filter((ref) => ref !== REMOTE_HEAD);
  const named = stdout.trim();
  const candidates = branches.filter((ref) => isCandidate(ref.slice(REMOTE_BRANCHES.length)));
  const found = exitCode === 0 && branches.includes(named) ? named : onlyOne(candidates);
  return found?.slice('refs/remotes/'.length) ?? null;
}

async function localDefaultBranch(repository: Repository, isCandidate: (name: string) => boolean): Promise<string | null> {
  const [{ exitCode, stdout }, refs] = await Promise.all([
    repository.inMain(['config', '--get', 'init.defaultBranch'], { answers: [0, 1] }),
    listRefs(repository, LOCAL_BRANCHES),
  ]);
  const branches = refs.map((entry) => entry.ref.slice(LOCAL_BRANCHES.length));
  const configured = stdout.trim();
  return exitCode === 0 && branches.includes(configured) ? configured : onlyOne(branches.filter(isCandidate));
}

function onlyOne(names: readonly string[]): string | null {
  const [name] = names;
  return names.length === 1 && name !== undefined ? name : null;
}

/** URL of the remote `origin` without credentials, or null. */
export async function remoteUrl(repository: Repository): Promise<string | null> {
  const { exitCode, stdout } = await repository.inMain(['config', '--get', 'remote.origin.url'], { answers: [0, 1] });
  const url = stdout.replace(/\n$/, '');
  return exitCode === 0 && url !== '' ? withoutCredentials(url) : null;
}

/** Drops user, password and query of a URL; of an ssh address only the password, for its user is part of the place. */
export function withoutCredentials(url: string): string {
  const match = /^([a-z][a-z\d+.-]*:\/\/)([^/?#]*)(.*)$/is.exec(url);
  if (match === null) return url;
  const [, scheme = '', authority = '', rest = ''] = match;
  const at = authority.lastIndexOf('@');
  const user = authority.slice(0, Math.max(at, 0)).split(':')[0] ?? '';
  const isSsh = /^(?:git\+)?ssh(?:\+git)?:/i.test(scheme);
  const prefix = isSsh && user !== '' ? `${user}@` : '';
  return scheme + prefix + authority.slice(at + 1) + rest.replace(/[?#].*$/s, '');
}

/** A text of git without the users, passwords and queries of the URLs in it. */
export function withoutSecrets(text: string): string {
  return text.replace(/[a-z][a-z\d+.-]*:\/\/[^\s'"<>]+/gi, (url) => withoutCredentials(url));
}
