import { UserError } from '../errors/user-error.js';
import type { StageContext } from './stage-context.js';
import { refuseStored } from './refuse-stored.js';

/** Commits that a stage has stored: what its artefact says of them, and the bundle beside it. */
export interface StoredCommits {
  /** `build by claude`. */
  readonly what: string;
  /** The target that has the bundle among its artefacts. */
  readonly target: string;
  /** The target that makes it anew. */
  readonly anew: string;
  /** The commit that they build on. */
  readonly start: string;
  readonly head: string;
  readonly tree: string;
}

/**
 * Brings stored commits into this repository, from the bundle where they are not here.
 * @throws UserError when they are not what the artefact says: the checks and the reviews would be of something else
 */
export async function restoreCommits(stored: StoredCommits, context: StageContext): Promise<void> {
  const { git, host, project, onProgress } = context;
  const { what, anew, head, target } = stored;
  if ((await git.resolveCommit(head)) === null) {
    onProgress(`restoring ${head.slice(0, 8)} from the cached bundle`);
    try {
      await git.fetchBundle(`${host.artefacts.directory(project, target)}/branch.bundle`);
    } catch (error) {
      // A commit that is missing here is no fault of the bundle, and is said so.
      if (error instanceof UserError) throw error;
      throw refuseStored({ what, reason: 'its branch.bundle cannot be read', project, target: anew }, error);
    }
  }
  const reason = await faultOf(stored, context);
  if (reason !== null) throw refuseStored({ what, reason, project, target: anew });
}

async function faultOf({ start, head, tree }: StoredCommits, { git }: StageContext): Promise<string | null> {
  const name = head.slice(0, 8);
  if ((await git.resolveCommit(head)) === null) return `its branch.bundle does not hold its head ${name}`;
  if ((await git.resolveTree(head)) !== tree) return `its head ${name} holds other files than it says`;
  return (await git.isAncestor(start, head)) ? null : `its head ${name} does not build on ${start.slice(0, 8)}`;
}
