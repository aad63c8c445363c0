import type { Git } from '../git/git.js';
import type { Host } from '../host/host.js';
import { printableLine } from '../text/printable.js';
import { backupRef } from './refs.js';

/** Written by us, with the worktree's database URL in it. */
export const ENV_FILE = '.env.local';
/** That one, and those that win over committed env files: never in a commit, a bundle or a ref. */
export const OWN_ENV_FILES: readonly string[] = ['**/.env*.local'];

export interface KeepRequest {
  readonly project: string;
  readonly worktree: string;
  readonly message: string;
  /** The commit that the work starts from. */
  readonly base: string;
}

interface Keeper {
  readonly git: Git;
  readonly host: Pick<Host, 'now'>;
  readonly onProgress: (line: string) => void;
}

/** Keeps all files of a worktree that are not ignored under a ref. @returns the ref */
export async function keepWork({ project, worktree, message, base }: KeepRequest, keeper: Keeper): Promise<string> {
  const { git, host } = keeper;
  await removeInnerWorktrees({ project, worktree, which: 'visible' }, keeper);
  const commit = await git.captureWorktree(worktree, message, { base, without: OWN_ENV_FILES });
  return keepBackup(commit, { project, at: host.now() }, git);
}

export interface InnerWorktrees {
  readonly project: string;
  readonly worktree: string;
  /** `visible`: those that git does not ignore, and so would stop every stage. */
  readonly which: 'visible' | 'all';
}

/** Removes linked worktrees that an agent added inside of an issue's worktree. Their branches stay; other work in them is kept under refs. */
export async function removeInnerWorktrees({ project, worktree, which }: InnerWorktrees, { git, host, onProgress }: Keeper): Promise<void> {
  const inner = await innerWorktrees(worktree, git);
  const dirty = inner.length === 0 || which === 'all' ? [] : await git.dirtyPaths(worktree);
  const going = inner.filter(({ path }) => which === 'all' || dirty.includes(`${path.slice(worktree.length + 1)}/`));
  for (const { path, head, branch } of going) {
    const isDirty = (await git.isCheckedOut(path)) && (await git.dirtyPaths(path)).length > 0;
    const atHead = branch === null ? head : null;
    const commit = isDirty ? await git.captureWorktree(path, `Kept from ${project}`, { without: OWN_ENV_FILES }) : atHead;
    const ref = commit === null ? null : await keepBackup(commit, { project, at: host.now() }, git);
    await git.removeWorktree(path);
    const stays = [
      ...(branch === null ? [] : [`its branch "${printableLine(branch)}" stays`]),
      ...(ref === null ? [] : [`its files are kept as ${ref}`]),
    ];
    onProgress([`removed the worktree "${printableLine(path)}" that was added inside`, ...stays].join('; '));
  }
}

/** Linked worktrees inside of another one, innermost first. */
export async function innerWorktrees(worktree: string, git: Git): Promise<Awaited<ReturnType<Git['listWorktrees']>>> {
  return (await git.listWorktrees())
    .filter(({ path }) => path.startsWith(`${worktree}/`))
    .toSorted((one, other) => other.path.length - one.path.length);
}

/** Keeps a commit under a backup ref of its own; what others keep in the same second stays. @returns the ref */
export async function keepBackup(
  commit: string,
  { project, at }: { readonly project: string; readonly at: Date },
  git: Git,
): Promise<string> {
  const first = backupRef(project, at);
  for (let count = 1; ; count++) {
    const ref = count === 1 ? first : `${first}-${count}`;
    if (await git.createRef(ref, commit)) return ref;
  }
}
