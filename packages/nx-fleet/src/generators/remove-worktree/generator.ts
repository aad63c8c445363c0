import { logger, type GeneratorCallback, type Tree } from '@nx/devkit';
import { issueId, issueProject, planRemoval, removeWorktree, UserError, type RemovalPlan, type RemoveRequest } from '@nx-fleet/core';
import { createAdapters, type Adapters } from '../../adapters.js';
import { requireMainWorktree } from '../../main-worktree.js';
import { reportGenerator } from '../../report/report.js';
import { readSettings } from '../../settings/read-settings.js';
import { issueReferences } from '../worktree/normalize-options.js';
import type { RemoveWorktreeGeneratorSchema } from './schema.js';

/** `nx g remove-worktree --issue=42`: shows what goes, refuses when work would be lost, and removes in the callback, which `--dry-run` leaves out. */
export async function removeWorktreeGenerator(
  tree: Tree,
  options: RemoveWorktreeGeneratorSchema,
  adapters?: Adapters,
): Promise<GeneratorCallback> {
  return reportGenerator(async () => {
    const acting = adapters ?? createAdapters(tree.root, readSettings(tree.root));
    await requireMainWorktree(tree.root, acting);
    const location = await acting.git.locate();
    const removals: { readonly plan: RemovalPlan; readonly request: RemoveRequest }[] = [];
    for (const reference of issueReferences(options.issue)) {
      const project = issueProject(issueId(withoutFolder(reference)));
      const onProgress = (line: string): void => logger.info(`${project.padEnd(16)} removing ${line}`);
      const request = { project, location, force: options.force ?? false, onProgress };
      const plan = await planRemoval(request, acting);
      removals.push({ plan, request });
      logger.info(
        `${project.padEnd(16)} ${plan.worktree ?? 'no worktree'}${plan.losses.length === 0 ? '' : `: ${plan.losses.join('; ')}`}`,
      );
    }
    const refused = removals.filter(({ plan, request }) => plan.losses.length > 0 && !request.force);
    if (refused.length > 0) {
      const reasons = refused.map(({ plan }) => `"${plan.manifest.project}" (${plan.losses.join('; ')})`).join(', ');
      throw new UserError(
        `Nothing is removed, since work would be lost: ${reasons}. Commit, push or merge it; or use --force, which keeps a ref under refs/nx-fleet/trash/.`,
      );
    }
    return () =>
      reportGenerator(async () => {
        for (const { plan, request } of removals) {
          const kept = await removeWorktree(plan, request, acting);
          logger.info(`${request.project.padEnd(16)} removed`);
          for (const ref of kept) logger.info(`${request.project.padEnd(16)} kept as ${ref}: git branch rescue ${ref}`);
        }
      });
  });
}

function withoutFolder(reference: string): string {
  return reference.replace(/^.*[\\/]/, '').replace(/\.md$/i, '');
}
