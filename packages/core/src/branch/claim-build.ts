import { sleep } from '../agent/retry-policy.js';
import { UserError } from '../errors/user-error.js';
import { describeProcess, type Allocation } from '../host/registry.js';
import { count } from '../text/count.js';
import { findAllocation, findOwnerAtWork, isUntouched } from '../worktree/claim.js';
import type { StageContext } from '../stage/stage-context.js';

const POLL_MS = 500;

/**
 * Takes an issue's worktree for this process's stage; waits while another living process holds it.
 * @throws UserError when the worktree is not ready, or the waiting is cancelled
 */
export async function claimBuild(context: StageContext): Promise<void> {
  const { host, project } = context;
  for (;;) {
    const mine = await untilFree(context);
    if (mine === undefined) return;
    if (mine.state !== 'ready') {
      const how = mine.state === 'removing' ? 'is being removed' : 'is not ready';
      throw new UserError(`The worktree of "${project}" ${how}. Finish that first: nx run fleet:doctor`);
    }
    const isClaimed = await host.registry.update((current) => {
      const now = findAllocation(current, mine);
      const isUnchanged = now !== undefined && isUntouched(now, mine);
      const allocations = isUnchanged ? current.map((other) => (other === now ? { ...now, owner: host.registry.self } : other)) : current;
      return { allocations, result: isUnchanged };
    });
    if (!isClaimed) continue;
    const strays = await host.endStrays(mine.worktree);
    if (strays > 0) context.onProgress(`an earlier run was killed: ended ${count(strays, 'process')} that it left in the worktree`);
    return;
  }
}

/**
 * Waits until no other living process is at work in the worktree: two runs of one issue take turns.
 * @returns the worktree's claim as it is then
 * @throws UserError when the waiting is cancelled
 */
export async function untilFree(context: StageContext): Promise<Allocation | undefined> {
  const { git, host, project, signal } = context;
  const { commonDirectory } = await git.locate();
  let isTold = false;
  for (;;) {
    const mine = findAllocation(await host.registry.read(), { repository: commonDirectory, project });
    // One that is not ready is refused: its command may wait for the user.
    if (mine === undefined || mine.state !== 'ready') return mine;
    const owner = await findOwnerAtWork(mine, host);
    if (owner === null) return mine;
    const atWork = `"${project}" is being worked on by ${describeProcess(owner, host.registry.self)}`;
    if (signal?.aborted === true) throw new UserError(`${atWork}. Wait for it to end, or end it, then run this again.`);
    if (!isTold) context.onProgress(`${atWork}: waiting for it`);
    isTold = true;
    await (context.sleep ?? sleep)(POLL_MS, signal);
  }
}
