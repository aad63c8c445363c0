import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { isInside } from '@nx-fleet/system';

type Variables = Readonly<Record<string, string>>;

const PROFILE = 'nx-fleet-reader';

// What agents remember of other sessions, and what logs in to other systems: no reader's business.
const OF_HOME = ['.claude', '.claude.json', '.ssh', '.gnupg', '.aws', '.azure', '.kube', '.docker', '.npmrc', '.netrc', '.git-credentials'];
const OF_CONFIG = ['gh', 'gcloud', 'nxcloud', 'git/credentials'];
const OF_CODEX = ['sessions', 'archived_sessions', 'memories', 'history.jsonl', 'auth.json', 'log'];

/** Files and folders of the user that a reader's commands need not see, by their real paths; only those that are there. */
export async function privatePaths(env: Variables): Promise<readonly string[]> {
  const home = env['HOME'];
  if (home === undefined) return [];
  const config = env['XDG_CONFIG_HOME'] ?? join(home, '.config');
  const codex = env['CODEX_HOME'] ?? join(home, '.codex');
  const candidates = [
    ...OF_HOME.map((name) => join(home, name)),
    ...OF_CONFIG.map((name) => join(config, name)),
    ...OF_CODEX.map((name) => join(codex, name)),
  ];
  const found = await Promise.all(candidates.map(realPathOf));
  return found.filter((path) => path !== null);
}

async function realPathOf(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch (error) {
    // What we cannot reach, the agent's commands cannot reach either.
    if (typeof error === 'object' && error !== null && 'code' in error) return null;
    throw error;
  }
}

/**
 * Settings of a permission profile in which commands read all of the disk but these paths, and write nowhere.
 * Left out is what cannot be hidden: where the agent works, and names that Codex would take for patterns.
 */
export function readerProfile(cwd: string, hidden: readonly string[]): readonly string[] {
  const isPlain = (path: string): boolean => !/[*?[\]]/.test(path) && !isInside(cwd, path);
  const plain = [...new Set(hidden)].filter(isPlain);
  // The sandbox cannot hide what is in a hidden folder already.
  const outermost = plain.filter((path) => !plain.some((other) => other !== path && isInside(path, other)));
  const rules = ['":root"="read"', ...outermost.map((path) => `${JSON.stringify(path)}="deny"`)];
  return [`default_permissions=${JSON.stringify(PROFILE)}`, `permissions.${PROFILE}.filesystem={${rules.join(',')}}`];
}
