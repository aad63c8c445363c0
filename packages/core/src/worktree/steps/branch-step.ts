import { keepWork, removeInnerWorktrees } from '../../branch/keep-work.js';
import type { Step } from '../provisioning-steps.js';
import {
  discardSockets,
  discardWorktree,
  endStrayProcesses,
  excludeLocally,
  showDetail,
  type WorktreeAdapters,
  type WorktreeWork,
} from '../worktree-work.js';

/** The branch, at its start. Undoing deletes it only if it is ours and still stands where we made it, or where the removal's plan saw it. */
export const branchStep: Step = {
  name: 'branch',
  make: async ({ manifest, branchStart, here }, { git }) => {
    if (here || (await git.readRef(`refs/heads/${manifest.branch}`)) !== null) return;
    await git.createBranch(manifest.branch, branchStart);
  },
  undo: async ({ manifest, allocation, expectedTip, onProgress }, { git }) => {
    const { branch } = manifest;
    const tip = await git.readRef(`refs/heads/${branch}`);
    if (tip === null || tip !== expectedTip || !allocation.ownsBranch) return;
    const elsewhere = (await git.listWorktrees()).find((entry) => entry.branch === branch);
    if (elsewhere === undefined) await git.deleteBranch(branch, tip);
    else onProgress(`branch "${branch}" stays: it is checked out in "${elsewhere.path}"`);
  },
};

/** The worktree with its branch's files: a spare where one was claimed, else a checkout of its own. */
export const worktreeStep: Step = {
  name: 'worktree',
  make: async (work, adapters) => {
    if (work.here || work.wasReady) return;
    const { allocation, manifest } = work;
    await endStrayProcesses(work, adapters.host);
    await excludeNested(work, adapters);
    if (!(await becomesWorktree(work, adapters))) {
      showDetail(work, `checking out ${manifest.branch}`);
      if (work.detachedAt === undefined) await adapters.git.addWorktree(allocation.worktree, manifest.branch);
      else await adapters.git.addDetachedWorktree(allocation.worktree, work.detachedAt);
      await adapters.git.checkoutWorktree(allocation.worktree);
    }
    work.found.isClean = true;
  },
  undo: async (work, adapters) => {
    const { allocation, here } = work;
    if (allocation.spare !== undefined) await discardWorktree(allocation.spare, adapters);
    if (here) return;
    await keepLateWork(work, adapters);
    const { project } = work.manifest;
    await removeInnerWorktrees({ project, worktree: allocation.worktree, which: 'all' }, { ...adapters, onProgress: work.onProgress });
    await discardWorktree(allocation.worktree, adapters);
  },
};

async function becomesWorktree(work: WorktreeWork, adapters: WorktreeAdapters): Promise<boolean> {
  const { git, host } = adapters;
  const { allocation, manifest, onProgress } = work;
  const { spare, worktree } = allocation;
  if (spare === undefined) return false;
  if (await git.moveWorktree(spare, worktree)) {
    showDetail(work, `a spare worktree becomes ${manifest.branch}`);
    await git.switchWorktree(worktree, manifest.branch);
    await discardSockets(spare, host);
    return true;
  }
  onProgress('the spare worktree cannot be used');
  await discardWorktree(spare, adapters);
  return false;
}

/** Between the last look and now stand an install, the team's commands, or a database server that takes its time. */
async function keepLateWork({ allocation, manifest, found, onProgress }: WorktreeWork, { git, host }: WorktreeAdapters): Promise<void> {
  if (found.isClean !== true || !(await host.pathExists(`${allocation.worktree}/.git`))) return;
  if ((await git.dirtyPaths(allocation.worktree)).length === 0) return;
  const { project, base } = manifest;
  const kept = await keepWork({ project, worktree: allocation.worktree, message: `Kept from ${project}`, base }, { git, host, onProgress });
  onProgress(`files written in the meantime were kept as ${kept}`);
}

/** Worktrees inside of the repository would be untracked files of the main one, and a second set of projects for Nx. */
async function excludeNested({ allocation, location }: WorktreeWork, adapters: WorktreeAdapters): Promise<void> {
  const { mainWorktree } = location;
  if (!allocation.worktree.startsWith(`${mainWorktree}/`)) return;
  const path = allocation.worktree.slice(mainWorktree.length + 1);
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  await excludeLocally({ location, worktree: mainWorktree, path, pattern: `/${folder === '' ? path : folder}` }, adapters);
}
