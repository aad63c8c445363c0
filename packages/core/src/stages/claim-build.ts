import { UserError } from '../errors/user-error.js';
import { findAllocation } from '../worktree/claim.js';
import { buildingRef } from './refs.js';
import type { StageContext } from './stage-context.js';

/**
 * Takes an issue's worktree for this process's build.
 * @throws UserError while another living process builds in it
 */
export async function claimBuild({ git, host, project }: StageContext): Promise<void> {
  const { commonDirectory } = await git.locate();
  const mine = findAllocation(await host.registry.read(), { repository: commonDirectory, project });
  if (mine === undefined) return;
  const isBuilding = (await git.readRef(buildingRef(project))) !== null;
  if (isBuilding && mine.owner.pid !== host.registry.self.pid && (await host.registry.isAlive(mine.owner))) {
    throw new UserError(`"${project}" is being built by process ${mine.owner.pid}. Wait for it to end, then run this again.`);
  }
  const claimed = await host.registry.update((current) => {
    const now = findAllocation(current, mine);
    const isUnchanged = now !== undefined && now.owner.pid === mine.owner.pid && now.owner.startedAt === mine.owner.startedAt;
    const allocations = isUnchanged ? current.map((other) => (other === now ? { ...now, owner: host.registry.self } : other)) : current;
    return { allocations, result: isUnchanged };
  });
  if (!claimed) throw new UserError(`Another process has just begun to build "${project}". Wait for it to end, then run this again.`);
}
