import pLimit from 'p-limit';
import {
  createRedactor,
  provisionWorktree,
  findSecrets,
  UserError,
  type DetailSink,
  type ProvisionedWorktree,
  type RepositoryLocation,
  type Settings,
  type WorktreePlan,
} from '@nx-fleet/core';
import type { Adapters } from '../../adapters.js';
import { allSucceeded } from '../../report/report.js';
import { log, showDetail } from '../../report/log.js';

export type ProvisionedIssue = WorktreePlan & ProvisionedWorktree;

/**
 * Writes the manifests of several issues, since one may wait for another, and then provisions them side by side, and shows each step on a
 * terminal. All are tried; the error names those that failed.
 * @throws UserError naming the issues that failed
 */
export async function provisionWorktrees(
  plans: readonly WorktreePlan[],
  { location, settings }: { readonly location: RepositoryLocation; readonly settings: Settings },
  adapters: Adapters,
): Promise<readonly ProvisionedIssue[]> {
  const written = await Promise.allSettled(
    plans.map(({ manifest, spec }) => adapters.host.state.writeIssue(manifest.project, manifest, spec)),
  );
  const limit = pLimit(settings.worktrees.parallel);
  const results = await Promise.allSettled(
    plans.map((plan, index) =>
      limit(async (): Promise<ProvisionedIssue> => {
        const manifest = written[index];
        if (manifest?.status === 'rejected') throw manifest.reason;
        const { project } = plan.manifest;
        const lines: string[] = [];
        const named = (line: string): string => `${project.padEnd(16)} ${line}`;
        const onProgress = (line: string): void => log.info(named(line));
        const onDetail: DetailSink = (line, kind) => {
          lines.push(line);
          showDetail(named(line), kind);
        };
        try {
          const provisioned = await provisionWorktree({ plan, location, settings, onProgress, onDetail }, adapters);
          if (provisioned.created) onDetail('ready', 'step');
          return { ...plan, ...provisioned };
        } finally {
          const redact = createRedactor(findSecrets(adapters.host.env));
          await adapters.host.writePrivateFile(
            `${location.mainWorktree}/.nx-fleet/local/logs/${project}.log`,
            `${redact(lines.join('\n'))}\n`,
          );
        }
      }),
    ),
  );
  return allSucceeded(results, (index) => plans[index]?.manifest.project ?? '');
}

/** @throws UserError naming the issues whose worktree is there and whose database is not */
export function requireDatabases(issues: readonly ProvisionedIssue[]): void {
  const without = issues.filter(({ local }) => local.databaseFailure !== undefined);
  const [first] = without;
  if (first === undefined) return;
  const names = without.map(({ manifest }) => manifest.project).join(', ');
  const references = without.map(({ manifest }) => manifest.tracker.reference).join(',');
  throw new UserError(
    `${names}: the worktree is ready, but its database was not created (${first.local.databaseFailure ?? ''}), and no stage will run. Once that is fixed: nx g worktree --issue=${references}`,
  );
}
