import { UserError } from '../errors/user-error.js';
import type { RepositoryLocation } from '../git/git.js';
import type { Settings } from '../settings/settings.js';
import { keepInTrash } from '../stages/keep-in-trash.js';
import { buildingRef, builtRef } from '../stages/refs.js';
import { findAllocation, releaseWorktree } from './claim.js';
import { planRemoval, type RemovalAdapters, type RemovalPlan } from './plan-removal.js';
import { undoSteps } from './provisioning-steps.js';
import type { WorktreeWork } from './worktree-work.js';

export interface RemoveRequest {
  readonly project: string;
  readonly location: RepositoryLocation;
  readonly settings: Settings;
  readonly force: boolean;
  readonly onProgress: (line: string) => void;
}

/**
 * Removes an issue's worktree, branch, database and state: the steps of `PROVISIONING` undone. With `force`, what would be lost is kept under
 * `refs/nx-fleet/trash/` first. Run again after an interruption, it finishes.
 * @returns the refs that keep what was taken away
 */
export async function removeWorktree(plan: RemovalPlan, request: RemoveRequest, adapters: RemovalAdapters): Promise<readonly string[]> {
  const { git, host } = adapters;
  const { project, location, settings, force, onProgress } = request;
  if (plan.losses.length > 0 && !force) {
    throw new UserError(
      `"${project}" is not removed: ${plan.losses.join('; ')}. Commit, push or merge it, or use --force, which keeps a ref under refs/nx-fleet/trash/.`,
    );
  }
  await requireNobodyAtWork(request, adapters);
  await requireAsPlanned(plan, request, adapters);
  if (plan.allocation !== null) await host.endStrays(plan.allocation.worktree);
  const kept = await keepLosses(plan, request, adapters);
  if (plan.allocation !== null) {
    await beginRemoving(request, adapters);
    const { manifest, allocation, tip, here } = plan;
    const found = { database: null, databaseFailure: null };
    const branchStart = manifest.base;
    const work: WorktreeWork = {
      manifest,
      allocation,
      location,
      settings,
      here,
      wasReady: true,
      branchStart,
      expectedTip: tip,
      onProgress,
      found,
    };
    await undoSteps(work, adapters);
  }
  for (const ref of [builtRef(project), buildingRef(project)]) if ((await git.readRef(ref)) !== null) await git.deleteRef(ref);
  // The manifest goes last: without it, an interrupted removal could not be run again.
  await releaseWorktree({ repository: location.commonDirectory, project }, host);
  await host.state.removeIssue(project);
  return kept;
}

/** Not even `force` takes a worktree from under a process of ours: what it writes meanwhile would be in no kept ref. */
async function requireNobodyAtWork({ project, location }: RemoveRequest, { git, host }: RemovalAdapters): Promise<void> {
  const allocation = findAllocation(await host.registry.read(), { repository: location.commonDirectory, project });
  if (allocation === undefined || allocation.owner.pid === host.registry.self.pid) return;
  const isBusy = allocation.state !== 'ready' || (await git.readRef(buildingRef(project))) !== null;
  if (!isBusy || !(await host.registry.isAlive(allocation.owner))) return;
  throw new UserError(
    `"${project}" is being worked on by process ${allocation.owner.pid}. Wait for it to end, or end it, then run this again.`,
  );
}

/** Other removals of the same command may have come first and taken minutes. */
async function requireAsPlanned(plan: RemovalPlan, request: RemoveRequest, adapters: RemovalAdapters): Promise<void> {
  const now = await planRemoval(request, adapters);
  if (now.tip === plan.tip && now.losses.every((loss) => plan.losses.includes(loss))) return;
  throw new UserError(`"${request.project}" has changed since it was looked at, and is not removed. Look at it, then run this again.`);
}

async function keepLosses(plan: RemovalPlan, { project }: RemoveRequest, { git, host }: RemovalAdapters): Promise<readonly string[]> {
  const commits = [...plan.keptCommits];
  if (plan.dirtyPaths.length > 0 && plan.allocation !== null)
    commits.unshift(await git.captureWorktree(plan.allocation.worktree, `Kept from ${project}`));
  const refs: string[] = [];
  for (const commit of commits) refs.push(await keepInTrash(commit, { project, at: host.now() }, git));
  return refs;
}

async function beginRemoving({ project, location }: RemoveRequest, { host }: RemovalAdapters): Promise<void> {
  await host.registry.update((current) => ({
    allocations: current.map((other) =>
      other.repository === location.commonDirectory && other.project === project
        ? { ...other, state: 'removing', owner: host.registry.self }
        : other,
    ),
    result: undefined,
  }));
}
