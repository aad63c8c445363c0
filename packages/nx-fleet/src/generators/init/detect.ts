import { detectPackageManager, type Tree } from '@nx/devkit';
import type { SettingsInput } from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';
import { detectDatabase } from './detect-database.js';

export interface Detected {
  /** Options that differ from the defaults. */
  readonly options: SettingsInput;
  /** For people. */
  readonly findings: readonly { readonly what: string; readonly found: string }[];
  /** Whether git ignores `.env.local`, which holds each worktree's secrets. */
  readonly ignoresEnvFile: boolean;
}

/** Looks at the workspace and this machine. Reads only. @throws UserError outside a git repository */
export async function detectWorkspace(tree: Tree, { git, host, agent }: Adapters): Promise<Detected> {
  const { mainWorktree } = await git.locate();
  const [defaultBranch, remote, claude, codex] = await Promise.all([
    git.defaultBranch(),
    git.remoteUrl(),
    agent('claude').detect(),
    agent('codex').detect(),
  ]);
  const { parseGitHubRemote } = await import('@nx-fleet/trackers');
  const github = remote === null ? null : parseGitHubRemote(remote);
  const database = detectDatabase(tree, host.env);
  const agents = agentOptions('version' in claude, 'version' in codex);
  const options: SettingsInput = {
    ...(github === null ? {} : { tracker: { type: 'github' as const } }),
    ...(database.options === null ? {} : { database: database.options }),
    ...(agents === null ? {} : { agents }),
  };
  return {
    options,
    ignoresEnvFile: (await git.ignoredPaths(mainWorktree, ['.env.local'])).length > 0,
    findings: [
      { what: 'package manager', found: detectPackageManager(tree.root) },
      { what: 'default branch', found: defaultBranch ?? 'unknown: pass --base, or git remote set-head origin --auto' },
      { what: 'tracker', found: github === null ? 'Markdown files in docs/issues' : `GitHub ${github.repository}` },
      { what: 'database', found: database.found },
      { what: 'claude', found: 'version' in claude ? claude.version : claude.missing },
      { what: 'codex', found: 'version' in codex ? codex.version : codex.missing },
    ],
  };
}

/** With one agent only, it writes and reviews; with none or both, the defaults hold. */
function agentOptions(hasClaude: boolean, hasCodex: boolean): SettingsInput['agents'] | null {
  if (hasClaude === hasCodex) return null;
  return hasClaude ? { reviewers: ['claude'] } : { writer: 'codex' };
}
