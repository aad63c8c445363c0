import type { ExamineContext, Problem } from './examine-fleet.js';
import { type Manifest, readManifests } from '../manifest/manifest.js';
import { findAllocation } from '../worktree/claim.js';
import { isWorktreeThere, recallClaim } from '../worktree/recall-claim.js';

/** Manifests that cannot be read, and those without a claim: their making never began, their removal has all but ended, or the registry is another one. */
export async function examineManifests(context: ExamineContext): Promise<readonly Problem[]> {
  const { valid, faults } = await readManifests(context.adapters.host.state);
  const problems: Problem[] = [];
  for (const [subject, reason] of faults) if (!(await isClaimed(subject, context))) problems.push({ subject, reason, remedy: 'advise' });
  for (const [project, manifest] of valid)
    if (!(await isClaimed(project, context))) problems.push(await examineManifest(manifest, context));
  return problems;
}

async function examineManifest(manifest: Manifest, context: ExamineContext): Promise<Problem> {
  const { git, host } = context.adapters;
  const { project: subject, branch, tracker } = manifest;
  const local = await host.state.readLocal(subject);
  // The issues of one command get their claims one by one: it may have come to this one in the meantime.
  const repair = async (): Promise<void> => void ((await isClaimed(subject, context)) || (await host.state.removeIssue(subject)));
  if (local === null) return { subject, reason: 'it has a manifest, and nothing was made for it', remedy: 'undo', repair };
  if (await isWorktreeThere(local, context.adapters)) {
    const reason = "this machine's registry does not know its worktree";
    return {
      subject,
      reason,
      remedy: 'finish',
      repair: () => recallClaim({ ...context, manifest, takesOtherPorts: false }, context.adapters),
    };
  }
  if (!(await host.pathExists(local.worktree)) && (await git.readRef(`refs/heads/${branch}`)) === null) {
    return { subject, reason: 'its removal was interrupted at its end', remedy: 'finish', repair };
  }
  const reason = `this machine knows nothing of its worktree but its state. Remove it, which leaves the branch: nx g remove-worktree --issue=${tracker.reference}`;
  return { subject, reason, remedy: 'advise' };
}

async function isClaimed(project: string, { location, adapters: { host } }: ExamineContext): Promise<boolean> {
  return findAllocation(await host.registry.read(), { repository: location.commonDirectory, project }) !== undefined;
}
