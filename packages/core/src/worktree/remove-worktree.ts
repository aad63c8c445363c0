import { UserError } from '../errors/user-error.js';
import type { RepositoryLocation } from '../git/git.js';
import type { Allocation } from '../host/registry.js';
import { keepBackup, OWN_ENV_FILES, removeInnerWorktrees } from '../branch/keep-work.js';
import { removeFreshWorktree } from './fresh-worktree.js';
import { buildingRef, builtRef, checkingRef } from '../branch/refs.js';
import { findAllocation, releaseWorktree, requireIdleWorktree, settleWorktree, takeClaim } from './claim.js';
import { FORGOTTEN, planRemoval, type RemovalAdapters, type RemovalPlan } from './plan-removal.js';
import { undoSteps } from './provisioning-steps.js';
import { endStrayProcesses, type ProvisioningSettings, type WorktreeWork } from './worktree-work.js';

export interface RemoveRequest {
  readonly project: string;
  /** What the same command removes: that it waits is not a reason to stay. @default the project alone */
  readonly together?: readonly string[];
  readonly location: RepositoryLocation;
  readonly settings: ProvisioningSettings;
  readonly force: boolean;
  readonly onProgress: (line: string) => void;
}

/**
 * Removes an issue's worktree, branch, database and state: the steps of `PROVISIONING` undone. With `force`, what would be lost is kept under
 * `refs/nx-fleet/backup/` first. Run again after an interruption, it finishes.
 * @returns the refs that keep what was removed
 */
export async function removeWorktree(plan: RemovalPlan, request: RemoveRequest, adapters: RemovalAdapters): Promise<readonly string[]> {
  const { git, host } = adapters;
  const { project, location, settings, force, onProgress } = request;
  if (plan.losses.length > 0 && !force) {
    throw new UserError(
      `"${project}" is not removed: ${plan.losses.join('; ')}. Commit, push or merge it, or use --force, which keeps a ref under refs/nx-fleet/backup/.`,
    );
  }
  const { allocation, manifest, tip, here, ...rest } = await requireAsPlanned(plan, request, adapters);
  await requireNoStage(project, host);
  if (allocation !== null) {
    // Not even `force` takes a worktree from under a process of nx-fleet: what it writes in the meantime would be in no kept ref.
    await requireIdleWorktree(allocation, host);
    await removeFreshWorktree({ manifest, location, settings, onProgress }, adapters);
    await beginRemoving(allocation, adapters);
    await endStrayProcesses({ allocation, location }, host);
  }
  const kept = await keepLosses({ allocation, manifest, ...rest }, request, adapters).catch(async (error: unknown) => {
    if (allocation !== null) await settleWorktree(allocation.state, allocation, host);
    throw error;
  });
  if (allocation !== null) {
    // Only the removal of a database leaves anybody the time to write something more.
    const isClean = rest.isThere && rest.dirtyPaths.length === 0 && adapters.database.variables.length > 0;
    const found = { database: null, databaseFailure: null, isClean };
    const branchStart = manifest.base;
    const work: WorktreeWork = {
      manifest,
      allocation,
      location,
      settings,
      here,
      wasReady: true,
      isSetUp: true,
      branchStart,
      expectedTip: tip,
      onProgress,
      found,
    };
    await undoSteps(work, adapters);
  }
  for (const ref of [builtRef(project), buildingRef(project), checkingRef(project)])
    if ((await git.readRef(ref)) !== null) await git.deleteRef(ref);
  // The manifest goes last: without it, an interrupted removal could not be run again.
  await releaseWorktree({ repository: location.commonDirectory, project }, host);
  await host.state.removeIssue(project);
  return kept;
}

/** Other removals of the same command may have come first and taken minutes. */
async function requireAsPlanned(plan: RemovalPlan, request: RemoveRequest, adapters: RemovalAdapters): Promise<RemovalPlan> {
  const now = await planRemoval(request, adapters);
  const isGeneration = now.allocation?.generation === plan.allocation?.generation;
  const isKept = now.keptCommits.every((commit) => plan.keptCommits.includes(commit));
  if (isGeneration && isKept && now.tip === plan.tip && now.losses.every((loss) => plan.losses.includes(loss))) return now;
  throw new UserError(`"${request.project}" has changed since it was looked at, and is not removed. Look at it, then run this again.`);
}

/** @throws UserError while one of its stages runs: it would be paid, and write into what was removed */
async function requireNoStage(project: string, host: RemovalAdapters['host']): Promise<void> {
  const running = (await host.exclusiveWork(`${project}.`)).map((name) => name.slice(project.length + 1));
  if (running.length === 0) return;
  throw new UserError(`"${project}" is being worked on by ${running.join(', ')}. Wait for that to end, or end it, then run this again.`);
}

/** What a restoring finds first is kept last: the worktree as it was, its commits included. */
async function keepLosses(
  { allocation, dirtyPaths, keptCommits, manifest: { base } }: Pick<RemovalPlan, 'allocation' | 'dirtyPaths' | 'keptCommits' | 'manifest'>,
  { project, onProgress }: RemoveRequest,
  { git, host }: RemovalAdapters,
): Promise<readonly string[]> {
  const refs: string[] = [];
  for (const commit of keptCommits) refs.push(await keepBackup(commit, { project, at: host.now() }, git));
  if (dirtyPaths.length === 0 || allocation === null) return refs;
  const { worktree } = allocation;
  await removeInnerWorktrees({ project, worktree, which: 'all' }, { git, host, onProgress });
  const commit = await git.captureWorktree(worktree, `Kept from ${project}`, { base, without: OWN_ENV_FILES });
  return [...refs, await keepBackup(commit, { project, at: host.now() }, git)];
}

/** From here on no build and no other removal begins. What the registry has forgotten cannot be claimed either: its place is not free. */
async function beginRemoving(allocation: Allocation, { host }: RemovalAdapters): Promise<void> {
  if (allocation.generation === FORGOTTEN && findAllocation(await host.registry.read(), allocation) === undefined) return;
  await takeClaim(allocation, 'removing', host);
}
