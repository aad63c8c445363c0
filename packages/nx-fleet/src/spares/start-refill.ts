import { join } from 'node:path';
import { isCi, type RepositoryLocation, type Settings } from '@nx-fleet/core';
import type { Adapters } from '../adapters.js';
import { PACKAGE_ROOT } from '../package-root.js';

/** Has spare worktrees prepared behind the command that has just ended. In CI nothing would use them. */
export async function startRefill(
  { location, settings, commit }: { readonly location: RepositoryLocation; readonly settings: Settings; readonly commit: string },
  { host }: Adapters,
): Promise<void> {
  if (settings.worktrees.spares === 0 || isCi(host.env)) return;
  await host.startInBackground({
    module: join(PACKAGE_ROOT, 'dist', 'spares', 'refill-main.js'),
    args: [location.mainWorktree, commit],
    cwd: location.mainWorktree,
    passEnv: settings.worktrees.passEnv,
    logFile: `${location.mainWorktree}/.nx-fleet/local/spares.log`,
  });
}
