import { UserError } from '../errors/user-error.js';
import type { Allocation } from '../host/registry.js';
import { findAllocation, isUntouched, requireNobodyAtWork } from '../worktree/claim.js';
import { buildingRef, checkingRef } from './refs.js';
import type { StageContext } from './stage-context.js';

/**
 * Takes an issue's worktree for this process's build.
 * @throws UserError while another living process holds it: before its first commit nothing else would tell that it builds
 */
export async function claimBuild(context: StageContext): Promise<void> {
  const { host, project } = context;
  const mine = await allocationOf(context);
  if (mine === undefined) return;
  if (mine.state !== 'ready') {
    const how = mine.state === 'removing' ? 'is being removed' : 'is not ready';
    throw new UserError(`The worktree of "${project}" ${how}. Finish that first: nx run fleet:doctor`);
  }
  await requireNobodyAtWork(mine, host);
  const claimed = await host.registry.update((current) => {
    const now = findAllocation(current, mine);
    const isUnchanged = now !== undefined && isUntouched(now, mine);
    const allocations = isUnchanged ? current.map((other) => (other === now ? { ...now, owner: host.registry.self } : other)) : current;
    return { allocations, result: isUnchanged };
  });
  if (!claimed) throw new UserError(`Another process has just begun to build "${project}". Wait for it to end, then run this again.`);
  const strays = await host.endStrays(mine.worktree);
  if (strays > 0) context.onProgress(`an earlier run was killed: ended ${strays} process(es) that it left in the worktree`);
}

/** @throws UserError while another living process builds in the worktree */
export async function requireNoLivingBuild(context: StageContext): Promise<void> {
  const { git, host, project } = context;
  const mine = await allocationOf(context);
  if (mine === undefined) return;
  if ((await git.readRef(buildingRef(project))) === null && (await git.readRef(checkingRef(project))) === null) return;
  await requireNobodyAtWork(mine, host);
}

async function allocationOf({ git, host, project }: StageContext): Promise<Allocation | undefined> {
  const { commonDirectory } = await git.locate();
  return findAllocation(await host.registry.read(), { repository: commonDirectory, project });
}
