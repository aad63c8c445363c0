import { moveEarlierBackups, UserError } from '@nx-fleet/core';
import { type GeneratorCallback, readNxJson, type Tree } from '@nx/devkit';
import { normalizeOptions } from './normalize-options.js';
import { planWorktrees } from './plan-worktrees.js';
import { provisionWorktrees, requireDatabases } from './provision-worktrees.js';
import type { WorktreeGeneratorSchema } from './schema.js';
import { exportedVariables, showPlan, showWorktrees } from './show.js';
import { type Adapters, createAdapters } from '../../adapters.js';
import { log } from '../../report/log.js';
import { reportGenerator } from '../../report/report.js';
import { isRegistered, readSettings } from '../../settings/read-settings.js';
import { startRefill } from '../../spares/start-refill.js';

/**
 * `nx g worktree --issue=42,43`: plans; Nx then calls back to act on the plan, except with `--dry-run`, which shows it. Nothing goes through
 * the tree: Nx empties a file before it writes it, and commands beside this one read all manifests.
 */
export async function worktreeGenerator(tree: Tree, options: WorktreeGeneratorSchema, adapters?: Adapters): Promise<GeneratorCallback> {
  return reportGenerator(async () => {
    const nxJson = readNxJson(tree) ?? {};
    if (!isRegistered(nxJson)) throw new UserError('nx-fleet is not set up in this workspace. Run: nx g nx-fleet:init');
    const settings = readSettings(tree.root);
    const acting = adapters ?? createAdapters(tree.root, settings);
    const request = normalizeOptions(options);
    const { plans, location } = await planWorktrees(
      { ...request, workspaceRoot: tree.root, defaultBase: nxJson.defaultBase },
      settings,
      acting,
    );
    // Set by `nx g`, which gives a generator no other sign of it. The table of results has all that the plan has.
    if (process.env['NX_DRY_RUN'] === 'true') showPlan(plans, settings);
    const exported = await exportedVariables(location.mainWorktree, acting);
    if (exported.length > 0) {
      log.warn(
        `Your shell exports ${exported.join(', ')}, which wins over every env file: programs that you start by hand in a worktree would not use its own database. There: unset ${exported.join(' ')}`,
      );
    }
    return () =>
      reportGenerator(async () => {
        await moveEarlierBackups(acting.git, (line) => log.info(line));
        const provisioned = await provisionWorktrees(plans, { location, settings }, acting);
        showWorktrees(provisioned, { open: request.open, settings });
        if (!request.here) await startRefill({ location, settings, commit: plans[0]?.manifest.base ?? '' }, acting);
        requireDatabases(provisioned);
      });
  });
}
