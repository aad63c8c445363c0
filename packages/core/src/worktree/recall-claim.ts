import { findAllocation, freeBlock, newGeneration } from './claim.js';
import { recordedAllocation } from './plan-removal.js';
import { databaseOwner, type WorktreeAdapters } from './worktree-work.js';
import { UserError } from '../errors/user-error.js';
import type { RepositoryLocation } from '../git/git.js';
import type { Allocation } from '../host/registry.js';
import type { LocalState, Manifest } from '../manifest/manifest.js';
import type { Settings } from '../settings/settings.js';

export interface RecallRequest {
  readonly manifest: Manifest;
  readonly location: RepositoryLocation;
  readonly settings: Pick<Settings, 'ports'>;
  /** Whether it may get other ports where another worktree has its own by now; its env file then has to be written again. */
  readonly takesOtherPorts: boolean;
}

/**
 * Claims for a worktree that is there what its local state records, if the registry does not know it: another registry, or a release.
 * @throws UserError when its ports are taken and it may not get others
 */
export async function recallClaim(
  { manifest, location, settings, takesOtherPorts }: RecallRequest,
  adapters: WorktreeAdapters,
): Promise<void> {
  const { host, database } = adapters;
  const { project } = manifest;
  const place = { repository: location.commonDirectory, project };
  const local = await host.state.readLocal(project);
  if (local === null || findAllocation(await host.registry.read(), place) !== undefined) return;
  if (!(await isWorktreeThere(local, adapters))) return;
  const branches = await database.listBranches(await databaseOwner(location, host));
  const generation = branches.find((branch) => branch.project === project)?.generation ?? newGeneration(host);
  const recorded: Allocation = { ...recordedAllocation(manifest, local, { location, host }), generation };
  const isClaimed = await host.registry.update((current) => {
    if (findAllocation(current, place) !== undefined) return { allocations: current, result: true };
    const isTaken = current.some(({ firstPort }) => firstPort === recorded.firstPort);
    if (isTaken && !takesOtherPorts) return { allocations: current, result: false };
    const firstPort = isTaken ? freeBlock({ ...place, reservedPorts: settings.ports.reserved }, current, new Set()) : recorded.firstPort;
    return { allocations: [...current, { ...recorded, firstPort }], result: true };
  });
  if (isClaimed) return;
  throw new UserError(
    `Another worktree has the ports of "${project}" by now. To give it others: nx g worktree --issue=${manifest.tracker.reference}`,
  );
}

/** A folder that git no longer knows is not its worktree. */
export async function isWorktreeThere(local: LocalState, { git }: Pick<WorktreeAdapters, 'git'>): Promise<boolean> {
  return local.here === true || (await git.listWorktrees()).some(({ path }) => path === local.worktree);
}
