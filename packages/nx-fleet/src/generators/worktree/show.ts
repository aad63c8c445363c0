import type { Settings, WorktreePlan } from '@nx-fleet/core';
import { log } from '../../report/log.js';
import { duration, table } from '../../report/table.js';
import type { ProvisionedIssue } from './provision-worktrees.js';

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
