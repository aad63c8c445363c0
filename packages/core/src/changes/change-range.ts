import { UserError } from '../errors/user-error.js';
import type { Git } from '../git/git.js';
import { printableLine } from '../text/printable.js';

/** What shall be compared, as the user or a pipeline says it. */
export interface RangeRequest {
  /** A revision such as `origin/main`; null for `main`, as Nx has it, or the default branch where there is none. */
  readonly base: string | null;
  /** A revision; null for what is checked out. */
  readonly head: string | null;
}

export interface ChangeRange {
  /** The commit where the change left the base. */
  readonly base: string;
  readonly head: string;
}

/** Finds what a change is compared with: the best common ancestor, as Nx does. @throws UserError when there is none, with the advice for a shallow clone */
export async function findRange(request: RangeRequest, git: Git): Promise<ChangeRange> {
  const headName = request.head ?? 'HEAD';
  const head = await requireCommit(headName, git);
  const baseName = request.base ?? (await defaultBase(head, git));
  const base = await requireCommit(baseName, git);
  const common = await git.mergeBase(base, head);
  if (common !== null) return { base: common, head };
  throw await lacking(`"${printableLine(baseName)}" and "${printableLine(headName)}" have no commit in common here`, git);
}

/** `main` may be what is checked out. Where there is none, what is checked out may be all that was cloned: it says nothing of the base. */
async function defaultBase(head: string, git: Git): Promise<string> {
  if ((await git.resolveCommit('main')) !== null) return 'main';
  const branch = await git.defaultBranch();
  if (branch !== null && (await git.resolveCommit(branch)) !== head) return branch;
  throw await lacking('Cannot determine what to compare with', git);
}

async function requireCommit(revision: string, git: Git): Promise<string> {
  const commit = await git.resolveCommit(revision);
  if (commit !== null) return commit;
  throw await lacking(`"${printableLine(revision)}" is not a commit of this repository`, git);
}

async function lacking(fault: string, git: Git): Promise<UserError> {
  if (await git.isShallow())
    return new UserError(
      `${fault}: it is a shallow clone. Fetch the whole history: git fetch --unshallow; in a pipeline "fetch-depth: 0" for actions/checkout, or GIT_DEPTH: 0 in GitLab.`,
    );
  return new UserError(`${fault}. Fetch it, or give another one: nx affected --base=<branch>, or NX_BASE and NX_HEAD in the environment.`);
}
