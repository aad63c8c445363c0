import type { Step } from '../provisioning-steps.js';

/** The branch, at its start. Undoing deletes it only if it is ours and still stands where we made it, or where the removal's plan saw it. */
export const branchStep: Step = {
  name: 'branch',
  make: async ({ manifest, branchStart, here }, { git }) => {
    if (here || (await git.readRef(`refs/heads/${manifest.branch}`)) !== null) return;
    await git.createBranch(manifest.branch, branchStart);
  },
  undo: async ({ manifest, allocation, expectedTip }, { git }) => {
    const tip = await git.readRef(`refs/heads/${manifest.branch}`);
    if (tip !== null && tip === expectedTip && allocation.ownsBranch) await git.deleteBranch(manifest.branch, tip);
  },
};
