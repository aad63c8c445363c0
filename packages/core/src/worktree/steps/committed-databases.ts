import { isEnvFile, localSibling } from '../../environment/carried-variables.js';
import { namesDatabase, namesSharedDatabase } from '../../environment/database-variables.js';
import type { DatabaseSettings } from '../../settings/settings.js';
import { parseJson } from '../../artifact/artifact-store.js';
import { printableLine } from '../../text/printable.js';
import type { BranchVariables } from '../worktree-environment.js';
import type { WorktreeAdapters } from '../worktree-work.js';

const ENV_FILES = [':(glob)**/.env*', ':(glob)**/*.env', ':(glob)**/env', ':(glob)**/.dev.vars', ':(glob)**/.flaskenv'];
const CONFIGURATIONS = [':(glob)**/nx.json', ':(glob)**/project.json', ':(glob)**/package.json'];

/** An env file that git tracks: it comes into each worktree by the checkout. */
export interface CommittedEnvFile {
  readonly path: string;
  readonly names: readonly string[];
  readonly values: Readonly<Record<string, string>>;
  /** The file beside it that wins over it; null if it is such a file itself. */
  readonly sibling: string | null;
  readonly isSiblingCommitted: boolean;
}

type Adapters = Pick<WorktreeAdapters, 'git' | 'host'>;

export async function committedEnvFiles(worktree: string, { git, host }: Adapters): Promise<readonly CommittedEnvFile[]> {
  const tracked = await git.trackedMatching(worktree, { pathspecs: ENV_FILES });
  const files: CommittedEnvFile[] = [];
  for (const path of tracked.filter((file) => isEnvFile(file.split('/').at(-1) ?? ''))) {
    const values = await host.readVariables(`${worktree}/${path}`);
    const sibling = localSibling(path);
    files.push({ path, values, names: Object.keys(values), sibling, isSiblingCommitted: sibling !== null && tracked.includes(sibling) });
  }
  return files;
}

export interface SharedDatabaseRequest {
  readonly worktree: string;
  readonly committed: readonly CommittedEnvFile[];
  readonly branch: BranchVariables;
  readonly settings: DatabaseSettings;
}

/**
 * Why programs in a worktree would use a database that others use too: a committed file names it, and no file of nx-fleet wins over that one.
 * Null when none does, or the settings say that it may.
 */
export async function describeSharedDatabase(request: SharedDatabaseRequest, adapters: Adapters): Promise<string | null> {
  const { worktree, committed, branch, settings } = request;
  const accepted = new Set(settings.shared ?? []);
  for (const { path, values, sibling, isSiblingCommitted } of committed) {
    const isOverridden = (name: string): boolean => branch.valueOf(name) !== null && sibling !== null && !isSiblingCommitted;
    const found = Object.entries(values).find(
      ([name, value]) => !accepted.has(name) && namesSharedDatabase(name, value) && value !== branch.valueOf(name) && !isOverridden(name),
    );
    if (found !== undefined) return describe(path, found[0]);
  }
  for (const path of await adapters.git.trackedMatching(worktree, { pathspecs: CONFIGURATIONS, text: '://' })) {
    const key = keyNamingDatabase(parseJson((await adapters.host.readFile(`${worktree}/${path}`)) ?? ''), '', accepted);
    if (key !== null) return describe(path, key);
  }
  return null;
}

function describe(path: string, name: string): string {
  const shown = printableLine(name);
  return `"${printableLine(path)}" is committed, and its "${shown}" names a database that all worktrees would share. Take it out of the file, give it the branch's value with "database.extraVariables", or allow it: "database": { "shared": ["${shown}"] }`;
}

/** The nearest key of the first text that names a database, in a value as JSON has it. */
function keyNamingDatabase(value: unknown, key: string, accepted: ReadonlySet<string>): string | null {
  if (accepted.has(key)) return null;
  if (typeof value === 'string') return namesDatabase(value) ? key : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [name, inner] of Object.entries(value)) {
    const found = keyNamingDatabase(inner, Array.isArray(value) ? key : name, accepted);
    if (found !== null) return found;
  }
  return null;
}
