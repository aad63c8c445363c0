import type { Step } from '../provisioning-steps.js';
import { commandEnvironment } from '../worktree-work.js';

/** node_modules, as the worktree's lockfile wants them. */
export const dependenciesStep: Step = {
  name: 'dependencies',
  make: async (work, { host }) => {
    if (work.here) return;
    const { allocation, location, settings, onProgress, signal } = work;
    const { method, packageManager } = await host.installDependencies({
      from: location.mainWorktree,
      to: allocation.worktree,
      safety: settings.worktrees.safety,
      env: commandEnvironment(work, host),
      onProgress,
      ...(signal === undefined ? {} : { signal }),
    });
    if (method !== 'none') onProgress(`dependencies ${method} (${packageManager ?? ''})`);
  },
};
