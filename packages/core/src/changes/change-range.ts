import { UserError } from '../errors/user-error.js';
import type { Git } from '../git/git.js';
import { printableLine } from '../text/printable.js';

/** What shall be compared, as a person or a pipeline says it. */
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
  const baseName = request.base ?? ((await git.resolveCommit('main')) === null ? await git.defaultBranch() : 'main');
  if (baseName === null)
    throw new UserError('Nobody says what to compare with. Give it: nx affected --base=<branch>, or NX_BASE in the environment.');
  const headName = request.head ?? 'HEAD';
  const [base, head] = [await requireCommit(baseName, git), await requireCommit(headName, git)];
  const common = await git.mergeBase(base, head);
  if (common !== null) return { base: common, head };
  throw await lacking(`"${printableLine(baseName)}" and "${printableLine(headName)}" have no commit in common here`, git);
}

async function requireCommit(revision: string, git: Git): Promise<string> {
  const commit = await git.resolveCommit(revision);
  if (commit !== null) return commit;
  throw await lacking(`"${printableLine(revision)}" names no commit of this repository`, git);
}

async function lacking(fault: string, git: Git): Promise<UserError> {
  if (await git.isShallow())
    return new UserError(
      `${fault}: it is a shallow clone. Fetch the whole history: git fetch --unshallow; in a pipeline "fetch-depth: 0" for actions/checkout, or GIT_DEPTH: 0 in GitLab.`,
    );
  return new UserError(`${fault}. Fetch it, or give another one: nx affected --base=<branch>, or NX_BASE and NX_HEAD in the environment.`);
}
