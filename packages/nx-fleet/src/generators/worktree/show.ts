import { type Database, type Host, partNamed, type Settings, type WorktreePlan } from '@nx-fleet/core';
import type { ProvisionedIssue } from './provision-worktrees.js';
import { log } from '../../report/log.js';
import { duration, table } from '../../report/tables.js';

/** What a command without `--dry-run` would do. */
export function showPlan(plans: readonly WorktreePlan[], settings: Settings): void {
  const rows = plans.map(({ manifest, worktree }) => [
    manifest.project,
    manifest.branch,
    manifest.base.slice(0, 8),
    worktree,
    settings.database.type,
    manifest.blockedBy.join(', ') || '-',
  ]);
  log.info(`Plan\n\n${table(['Issue', 'Branch', 'Base', 'Worktree', 'Database', 'After'], rows)}\n`);
}

/** What is there now, and what to do next. */
export function showWorktrees(
  issues: readonly ProvisionedIssue[],
  { open, settings }: { readonly open: boolean; readonly settings: Settings },
): void {
  const rows = issues.map(({ manifest, local, durationMs, created }) => [
    manifest.project,
    manifest.branch,
    local.worktree,
    `http://localhost:${Object.values(local.ports)[0] ?? ''}`,
    local.databaseFailure === undefined ? (local.database ?? '-') : 'failed',
    created ? duration(durationMs) : 'was there',
  ]);
  log.info(`${table(['Issue', 'Branch', 'Worktree', 'URL', 'Database', 'Time'], rows)}\n`);
  if (open) {
    const { writer, define } = settings.agents;
    for (const { local } of issues) log.info(`cd "${local.worktree}" && ${define[writer]?.command ?? writer}`);
    log.info('');
  }
  const ready = issues.filter(({ local }) => local.databaseFailure === undefined);
  if (ready.length > 0) log.info(`Next: nx run-many -t agent-review -p ${ready.map(({ manifest }) => manifest.project).join(',')}`);
}

/** What Nx loads into its own environment before a generator runs. */
const LOADED = ['.env.local', '.local.env', '.env'];

/**
 * Variables that lead to a database and that the caller's shell exports: in a worktree they win over every env file, for whatever is started by hand.
 * Those that Nx has from the root's env files are none; a value that a file expands cannot be told from them.
 */
export async function exportedVariables(
  mainWorktree: string,
  { host, database }: { readonly host: Pick<Host, 'env' | 'readVariables'>; readonly database: Pick<Database, 'variables'> },
): Promise<readonly string[]> {
  const files = await Promise.all(LOADED.map((file) => host.readVariables(`${mainWorktree}/${file}`)));
  const isFromFile = (name: string, value: string): boolean =>
    files.some((variables) => Object.hasOwn(variables, name) && (variables[name] === value || variables[name]?.includes('$') === true));
  const isOfDatabase = (name: string): boolean =>
    database.variables.includes(name) || (database.variables.length > 0 && partNamed(name) !== null);
  return Object.entries(host.env)
    .filter(([name, value]) => value !== '' && isOfDatabase(name) && !isFromFile(name, value))
    .map(([name]) => name);
}
