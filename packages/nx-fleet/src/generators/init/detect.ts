import { detectPackageManager, getProjects, type Tree } from '@nx/devkit';
import { printableLine, type SettingsInput } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';
import { chooseIssueFolder } from './choose-issue-folder.js';
import { detectAgents } from './detect-agents.js';
import { detectDatabase } from './detect-database.js';
import { INCLUDE_FILE, proposeIncludes } from './propose-includes.js';

export interface Detected {
  /** Options that differ from the defaults. */
  readonly options: SettingsInput;
  /** For users. */
  readonly findings: readonly Finding[];
  /** Whether git ignores `.env.local`, which holds each worktree's secrets. */
  readonly ignoresEnvFile: boolean;
  /** Ignored files that each worktree needs; empty where a file says so already. */
  readonly includes: readonly string[];
}

export interface Finding {
  readonly what: string;
  readonly found: string;
}

/** Looks at the workspace and this machine. Reads only. @param agent any agent that ships with nx-fleet @throws UserError outside a git repository */
export async function detectWorkspace(tree: Tree, { git, host }: Adapters, agent: Adapters['agent']): Promise<Detected> {
  const { mainWorktree } = await git.locate();
  const [defaultBranch, remote, agents] = await Promise.all([git.defaultBranch(), git.remoteUrl(), detectAgents(agent)]);
  const { parseGitHubRemote } = await import('@nx-fleet/trackers');
  const github = remote === null ? null : parseGitHubRemote(remote);
  const database = detectDatabase(tree, host.env);
  const projectRoots = [...getProjects(tree).values()].map(({ root }) => root);
  const folder = chooseIssueFolder(tree, projectRoots);
  const includes = await proposeIncludes(tree, projectRoots, git);
  const tracker = github === null ? folder.options : { type: 'github' as const };
  const options: SettingsInput = {
    ...(tracker === null ? {} : { tracker }),
    ...(database.options === null ? {} : { database: database.options }),
    ...(agents.options === null ? {} : { agents: agents.options }),
    // Nx of `.nx/installation` is not a program of node_modules.
    ...(tree.exists('nx') && !tree.exists('package.json') ? { checks: ['./nx affected -t lint,test,build --base={base}'] } : {}),
  };
  return {
    options,
    includes,
    ignoresEnvFile: (await git.ignoredPaths(mainWorktree, ['.env.local'])).length > 0,
    findings: [
      { what: 'package manager', found: detectPackageManager(tree.root) },
      { what: 'default branch', found: defaultBranch ?? 'unknown: pass --base, or git remote set-head origin --auto' },
      { what: 'tracker', found: github === null ? folder.found : `GitHub ${github.repository}` },
      { what: 'database', found: database.found },
      { what: 'ignored files', found: tree.exists(INCLUDE_FILE) ? `as ${INCLUDE_FILE} lists them` : describeIncludes(includes) },
      ...agents.findings,
    ],
  };
}

function describeIncludes(includes: readonly string[]): string {
  if (includes.length === 0) return `none that a worktree needs; if there are any, list them in ${INCLUDE_FILE}`;
  return `${includes.map((file) => printableLine(file)).join(', ')}: ${INCLUDE_FILE} lists them, so that each worktree gets a copy`;
}
