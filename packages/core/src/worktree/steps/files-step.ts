import { carryRule } from '../../environment/carried-variables.js';
import { printableLine } from '../../text/printable.js';
import type { Step } from '../provisioning-steps.js';

const PATTERN_FILE = '.worktreeinclude';
const NAMED = 3;

/** Ignored files that the team wants in each worktree: those that `.worktreeinclude` names. Nothing that is there is overwritten. */
export const filesStep: Step = {
  name: 'files',
  make: async ({ allocation, here, location, onProgress }, { git, host, database }) => {
    if (here) return;
    const paths = await git.ignoredMatching(location.mainWorktree, PATTERN_FILE);
    if (paths.length === 0) return;
    const mayCarry = carryRule(database.variables);
    const request = { from: location.mainWorktree, to: allocation.worktree, paths, mayCarry };
    const { copied, skipped, withheld } = await host.includeFiles(request);
    if (copied.length > 0) onProgress(`copied ${listed(copied)}`);
    if (skipped.length > 0) onProgress(`not copied: ${listed(skipped)} (no regular file, outside of the worktree, or for production)`);
    if (withheld.length > 0) onProgress(`left out of env files: ${withheld.join(', ')}`);
  },
};

function listed(paths: readonly string[]): string {
  const more = paths.length > NAMED ? ` and ${paths.length - NAMED} more` : '';
  return `${paths
    .slice(0, NAMED)
    .map((path) => `"${printableLine(path)}"`)
    .join(', ')}${more}`;
}
