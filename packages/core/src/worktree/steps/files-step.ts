import { carryRule, isEnvFile } from '../../environment/carried-variables.js';
import { partNamed } from '../../environment/database-variables.js';
import { printableLine } from '../../text/printable.js';
import type { Step } from '../provisioning-steps.js';
import { branchVariables } from '../worktree-environment.js';
import { showDetail, type WorktreeAdapters, type WorktreeWork } from '../worktree-work.js';

const PATTERN_FILE = '.worktreeinclude';
const NAMED = 3;

/** Ignored files that the team wants in each worktree: those that `.worktreeinclude` names. Nothing that is there is overwritten. */
export const filesStep: Step = {
  name: 'files',
  make: async (work, { git, host, database }) => {
    const { allocation, here, location, settings, onProgress } = work;
    if (here) return;
    const paths = await git.ignoredMatching(location.mainWorktree, PATTERN_FILE);
    if (paths.length === 0) return;
    const branch = branchVariables(settings.database, Object.fromEntries(database.variables.map((name) => [name, ''])));
    const { copied, skipped, databases, withheld } = await host.includeFiles({
      from: location.mainWorktree,
      to: allocation.worktree,
      paths: paths.filter((path) => settings.database.type !== 'sqlite' || !isPartOf(path, settings.database.file)),
      mayCarry: carryRule(Object.keys(branch.named)),
      isFilled: (name) => branch.valueOf(name) !== null,
    });
    if (copied.length > 0) showDetail(work, `copied ${listed(copied)}`);
    if (skipped.length > 0) onProgress(`not copied: ${listed(skipped)} (not a regular file, outside the worktree, or for production)`);
    if (databases.length > 0) onProgress(`not copied: ${listed(databases)} (a database or its URL: worktrees get theirs by "database")`);
    if (withheld.length > 0) onProgress(`left out of env files: ${withheld.join(', ')}${wayOn(withheld, settings.database.type)}`);
  },
};

/** Env files that `.worktreeinclude` has brought along, or would have if none had been there. */
export async function includedEnvFiles(
  { allocation, here, location }: WorktreeWork,
  { git, host }: WorktreeAdapters,
): Promise<readonly string[]> {
  if (here) return [];
  const paths = await git.ignoredMatching(location.mainWorktree, PATTERN_FILE);
  const files = paths.filter((path) => isEnvFile(path.split('/').at(-1) ?? ''));
  const isThere = await Promise.all(files.map((file) => host.pathExists(`${allocation.worktree}/${file}`)));
  return files.filter((_, index) => isThere[index] === true);
}

/** The provider's database file, with what SQLite keeps beside it. */
function isPartOf(path: string, file: string): boolean {
  const database = file.replace(/^\.\//, '');
  return path === database || path.startsWith(`${database}-`);
}

function wayOn(withheld: readonly string[], type: string): string {
  if (!withheld.some((name) => partNamed(name) !== null)) return '';
  const hint = type === 'none' ? 'set "database", and they get a branch of it' : 'give them values with "database.extraVariables"';
  return `. The database is configured in parts: ${hint}`;
}

function listed(paths: readonly string[]): string {
  const more = paths.length > NAMED ? ` and ${paths.length - NAMED} more` : '';
  return `${paths
    .slice(0, NAMED)
    .map((path) => `"${printableLine(path)}"`)
    .join(', ')}${more}`;
}
