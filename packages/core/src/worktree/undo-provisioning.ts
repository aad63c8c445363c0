import type { RepositoryLocation } from '../git/git.js';
import type { Allocation } from '../host/registry.js';
import type { ProvisionAdapters } from './provision-worktree.js';
import type { WorktreePlan } from './plan-worktree.js';

export interface UndoRequest {
  readonly plan: WorktreePlan;
  readonly allocation: Allocation;
  readonly location: RepositoryLocation;
}

/** Takes back what a failed provisioning made, in reverse. The worktree was never ready, so nobody has worked in it. */
export async function undoProvisioning({ plan, allocation, location }: UndoRequest, adapters: ProvisionAdapters): Promise<void> {
  const { git, host, database } = adapters;
  const { project, branch, base } = plan.manifest;
  await database.removeBranch({ project, mainWorktree: location.mainWorktree, worktree: allocation.worktree, onProgress: () => {} });
  await git.removeWorktree(allocation.worktree);
  if (allocation.ownsBranch && (await git.readRef(`refs/heads/${branch}`)) === base) await git.deleteBranch(branch, base);
  await host.state.removeIssue(project);
  await host.registry.update((current) => ({
    allocations: current.filter((other) => !(other.repository === allocation.repository && other.project === project)),
    result: undefined,
  }));
}
