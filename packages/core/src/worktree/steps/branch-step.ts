import type { Step } from '../provisioning-steps.js';

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
