import { z } from 'zod';
import { parseArtifact } from '../../artifact/artifact-store.js';
import { UserError } from '../../errors/user-error.js';
import { objectIdSchema } from '../../git/git.js';
import { printableLine } from '../../text/printable.js';
import { readCheckout, type Checkout } from '../../branch/checkout-artifact.js';
import type { StageContext, StageIssue } from '../../stage/stage-context.js';
import { DELIVER_TARGET } from '../../stage/targets.js';

/** What a delivered issue holds: `approved.json`, in the keys of the issues that wait for it. */
export const approvedSchema = z.strictObject({ tree: objectIdSchema });

export async function writeApproved({ tree }: Checkout, { host, project }: StageContext): Promise<void> {
  await host.artifacts.write(project, DELIVER_TARGET, 'approved.json', `${JSON.stringify({ tree }, null, 2)}\n`);
}

/**
 * The commit that an issue's work starts from: its base, or the approved heads of its blockers, merged when there are several.
 * @throws UserError when a blocker is not here or not approved, or the blockers contradict each other
 */
export async function buildBase({ manifest }: StageIssue, context: StageContext): Promise<string> {
  const { git, project } = context;
  if (manifest.blockedBy.length === 0) return manifest.base;
  const heads: string[] = [];
  for (const blocker of manifest.blockedBy) heads.push(await approvedHead(blocker, manifest.tracker.reference, context));
  const merged = await git.mergeCommits(heads, `Start of ${project}: ${manifest.blockedBy.join(', ')}`);
  if (merged.kind === 'merged') return merged.commit;
  throw new UserError(
    `"${project}" cannot start: ${manifest.blockedBy.join(' and ')} change the same lines of "${merged.files.map((file) => printableLine(file)).join('", "')}". Let one wait for the other (--after), then run again.`,
  );
}

async function approvedHead(blocker: string, reference: string, context: StageContext): Promise<string> {
  const { git, host, project } = context;
  if ((await host.state.readManifest(blocker)) === null) {
    throw new UserError(
      `"${project}" waits for "${blocker}", which has no worktree here. Create it, or remove the dependency: nx g worktree --issue=${reference} --after=none`,
    );
  }
  const approved = parseArtifact(await host.artifacts.read(blocker, DELIVER_TARGET, 'approved.json'), approvedSchema);
  const checkout = await readCheckout(blocker, DELIVER_TARGET, context);
  if (approved !== null && checkout !== null && (await git.resolveTree(checkout.head)) === approved.tree) return checkout.head;
  throw new UserError(`"${project}" waits for "${blocker}", which is not approved. Run: nx run ${blocker}:${DELIVER_TARGET}`);
}

/** The commit that a branch is compared with that was taken as it is: the last one that it has of its base or of what it waits for. */
export async function adoptedBase({ manifest }: StageIssue, head: string, { git, host }: StageContext): Promise<string> {
  let base = manifest.base;
  for (const blocker of manifest.blockedBy) {
    const branch = (await host.state.readManifest(blocker))?.branch;
    const tip = branch === undefined ? null : await git.readRef(`refs/heads/${branch}`);
    const shared = tip === null ? null : await git.mergeBase(tip, head);
    if (shared !== null && (await git.isAncestor(base, shared))) base = shared;
  }
  return base;
}
