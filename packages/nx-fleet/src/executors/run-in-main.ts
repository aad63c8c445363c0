import type { ExecutorContext } from '@nx/devkit';
import type { RepositoryLocation, Settings } from '@nx-fleet/core';
import { createAdapters, type Adapters } from '../adapters.js';
import { requireMainWorktree } from '../main-worktree.js';
import { reportTask } from '../report/report.js';
import { readSettings } from '../settings/read-settings.js';

export interface MainWorktree {
  readonly acting: Adapters;
  readonly settings: Settings;
  readonly location: RepositoryLocation;
}

/** Runs a task that belongs to the main worktree. @param work says whether the task succeeds */
export async function runInMain(
  { root }: Pick<ExecutorContext, 'root'>,
  adapters: Adapters | undefined,
  work: (main: MainWorktree) => Promise<boolean>,
): Promise<{ success: boolean }> {
  return reportTask(async () => {
    const settings = readSettings(root);
    const acting = adapters ?? createAdapters(root, settings);
    await requireMainWorktree(root, acting);
    return work({ acting, settings, location: await acting.git.locate() });
  });
}
