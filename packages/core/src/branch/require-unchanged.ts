import { UserError } from '../errors/user-error.js';
import { printableLine } from '../text/printable.js';
import type { StageContext, StageIssue } from '../stage/stage-context.js';

interface Unchanged {
  /** Who worked there: `The checks`. */
  readonly who: string;
  readonly tree: string;
  readonly issue: StageIssue;
}

/** @throws UserError when the worktree or its branch is not as it was */
export async function requireUnchanged({ who, tree, issue }: Unchanged, { git }: StageContext): Promise<void> {
  const { local, manifest } = issue;
  const dirty = await git.dirtyPaths(local.worktree);
  if (dirty.length > 0) {
    throw new UserError(
      `${who} left files in "${local.worktree}" that git does not ignore ("${dirty
        .slice(0, 5)
        .map((path) => printableLine(path))
        .join('", "')}"). Add them to .gitignore, or commit what is written there.`,
    );
  }
  if ((await git.resolveTree(`refs/heads/${manifest.branch}`)) !== tree) {
    throw new UserError(`"${manifest.branch}" changed while it was checked. Run again.`);
  }
}
