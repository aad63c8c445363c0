import type { Step } from '../provisioning-steps.js';
import { commandEnvironment, showDetail } from '../worktree-work.js';

/** node_modules, as the worktree's lockfile wants them. */
export const dependenciesStep: Step = {
  name: 'dependencies',
  make: async (work, { host }) => {
    if (work.here) return;
    const { allocation, location, settings, signal } = work;
    const { method, packageManager } = await host.installDependencies({
      from: location.mainWorktree,
      to: allocation.worktree,
      safety: settings.worktrees.safety,
      env: commandEnvironment(work, host),
      onProgress: (line) => showDetail(work, line, 'output'),
      ...(signal === undefined ? {} : { signal }),
    });
    if (method !== 'none') showDetail(work, `dependencies ${method} (${packageManager ?? ''})`);
  },
};
