import { UserError } from '../errors/user-error.js';
import { printableLine } from '../text/printable.js';
import { requireBuild } from './build-artefact.js';
import type { StageContext, StageIssue } from './stage-context.js';

/**
 * The commit that an issue's work starts from: its base, or the heads of its blockers' builds, merged when there are several.
 * @throws UserError when a blocker is not here, or the blockers contradict each other
 */
export async function buildBase({ manifest }: StageIssue, writer: string, context: StageContext): Promise<string> {
  const { git, host, project } = context;
  if (manifest.blockedBy.length === 0) return manifest.base;
  const heads: string[] = [];
  for (const blocker of manifest.blockedBy) {
    if ((await host.state.readManifest(blocker)) === null) {
      throw new UserError(
        `"${project}" waits for "${blocker}", which has no worktree here. Make it, or take the edge away: nx g worktree --issue=${manifest.tracker.reference} --after=none`,
      );
    }
    heads.push((await requireBuild(blocker, writer, context)).head);
  }
  const merged = await git.mergeCommits(heads, `Start of ${project}: ${manifest.blockedBy.join(', ')}`);
  if (merged.kind === 'merged') return merged.commit;
  throw new UserError(
    `"${project}" cannot start: ${manifest.blockedBy.join(' and ')} change the same lines of "${merged.files.map((file) => printableLine(file)).join('", "')}". Let one wait for the other (--after), then run again.`,
  );
}
