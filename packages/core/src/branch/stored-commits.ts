import { UserError } from '../errors/user-error.js';
import { builtRef } from './refs.js';
import { refuseStored } from '../stage/refuse-stored.js';
import type { StageContext } from '../stage/stage-context.js';

/** Commits that a stage has stored: what its artifact says about them, and the bundle beside it. */
export interface StoredCommits {
  /** `build by claude`. */
  readonly what: string;
  /** The target that has the bundle among its artifacts. */
  readonly target: string;
  /** The target that makes it again. */
  readonly again: string;
  /** The files that they build on. */
  readonly baseTree: string;
  readonly tree: string;
  /** The commit that holds these files here. */
  readonly onto: string;
  readonly branch: string;
}

/** Stored work with its commits in this repository. */
export type Restored<Work> = Work & { readonly base: string; readonly head: string };

/**
 * Brings stored commits onto a commit that holds the files they build on, whatever it is called; what is here already is taken as it is.
 * @returns their head
 * @throws UserError when they are not what the artifact says: the checks and the reviews would be of something else
 */
export async function restoreCommits(stored: StoredCommits, context: StageContext): Promise<string> {
  const { git, host, project } = context;
  const { what, again, baseTree, tree, target, onto, branch } = stored;
  for (const ref of [`refs/heads/${branch}`, builtRef(project)]) {
    const here = await git.readRef(ref);
    if (here !== null && (await git.resolveTree(here)) === tree && (await git.isAncestor(onto, here))) return here;
  }
  const refuse = (reason: string, cause?: unknown): UserError => refuseStored({ what, reason, project, target: again }, cause);
  try {
    const moved = await git.fetchBundle(`${host.artifacts.directory(project, target)}/branch.bundle`, baseTree, onto);
    if (moved.kind === 'merged' && (await git.resolveTree(moved.commit)) === tree) return moved.commit;
  } catch (error) {
    throw error instanceof UserError ? error : refuse('its branch.bundle cannot be read', error);
  }
  throw refuse('its branch.bundle holds other files than it says');
}
