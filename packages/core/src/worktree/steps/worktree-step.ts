import type { Step } from '../provisioning-steps.js';
import type { WorktreeAdapters, WorktreeWork } from '../worktree-work.js';

/** The worktree with its branch's files: a spare where one was claimed, else a checkout of its own. */
export const worktreeStep: Step = {
  name: 'worktree',
  make: async (work, adapters) => {
    if (work.here || work.wasReady) return;
    const { allocation, manifest, onProgress } = work;
    await adapters.host.endStrays(allocation.worktree);
    if (await becomesWorktree(work, adapters)) return;
    onProgress(`checking out ${manifest.branch}`);
    await adapters.git.addWorktree(allocation.worktree, manifest.branch);
    await adapters.git.checkoutWorktree(allocation.worktree);
  },
  undo: async ({ allocation, here }, { git, host }) => {
    if (allocation.spare !== undefined) await git.removeWorktree(allocation.spare, (path) => host.discardDirectory(path));
    if (!here) await git.removeWorktree(allocation.worktree, (path) => host.discardDirectory(path));
  },
};

async function becomesWorktree({ allocation, manifest, onProgress }: WorktreeWork, { git, host }: WorktreeAdapters): Promise<boolean> {
  const { spare, worktree } = allocation;
  if (spare === undefined) return false;
  if (await git.moveWorktree(spare, worktree)) {
    onProgress(`a spare worktree becomes ${manifest.branch}`);
    await git.switchWorktree(worktree, manifest.branch);
    return true;
  }
  onProgress('the spare worktree cannot be used');
  await git.removeWorktree(spare, (path) => host.discardDirectory(path));
  return false;
}
