import { refillSpares } from '@nx-fleet/core';
import { createAdapters, worktreesDirectory } from '../adapters.js';
import { readSettings } from '../settings/read-settings.js';

/** Prepares spare worktrees for a main worktree. Started in the background; what it says goes to its log. */
export async function refill(mainWorktree: string, commit: string): Promise<void> {
  const settings = readSettings(mainWorktree);
  const adapters = createAdapters(mainWorktree, settings);
  const location = await adapters.git.locate();
  const onProgress = (line: string): void => void process.stdout.write(`${line}\n`);
  const directory = worktreesDirectory(location.mainWorktree, settings);
  await refillSpares({ location, settings, worktreesDirectory: directory, commit, onProgress }, adapters);
}
