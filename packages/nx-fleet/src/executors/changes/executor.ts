import type { ExecutorContext } from '@nx/devkit';
import { count, CHANGES_TARGET, findChanges, printableLine, storeChanges } from '@nx-fleet/core';
import { createAdapters, type Adapters } from '../../adapters.js';
import { FLEET_ROOT } from '../../graph/fleet-targets.js';
import { requireRepositoryRoot } from '../../main-worktree.js';
import { log } from '../../report/log.js';
import { reportTask } from '../../report/report.js';
import { readSettings } from '../../settings/read-settings.js';
import { runOf } from '../../settings/settings-of-run.js';
import { changeRequest } from '../change-request.js';
import type { ChangesExecutorSchema } from './schema.js';

/** `agent-changes`: which projects a change touches, once for all reviews of a command. */
export async function changesExecutor(
  _options: ChangesExecutorSchema,
  context: ExecutorContext,
  adapters?: Adapters,
): Promise<{ success: boolean }> {
  return reportTask(async () => {
    const settings = readSettings(context.root);
    const { git, host } = adapters ?? createAdapters(context.root, settings);
    await requireRepositoryRoot(context.root, { git });
    const request = changeRequest(context, settings);
    const roots = new Map(request.projects.map(({ name, root }) => [name, root]));
    const run = runOf(process.env);
    const place = { fleetProject: request.fleetProject, artifacts: host.artifacts };
    const found = await host.exclusively(`${request.fleetProject}.${CHANGES_TARGET}`, {
      onWait: () => log.info('waiting for another command that looks for changes'),
      act: async () => {
        const changes = await findChanges(request, git);
        await storeChanges(run === null ? changes : { ...changes, run }, (name) => roots.get(name) ?? FLEET_ROOT, place);
        return changes;
      },
    });
    const uncommitted = await git.dirtyPaths((await git.locate()).currentWorktree);
    for (const line of changesLines(found, uncommitted.length)) log.info(line);
    return true;
  });
}

function changesLines({ base, head, changes, skipped }: Awaited<ReturnType<typeof findChanges>>, uncommitted: number): readonly string[] {
  const touched = changes.map(({ project }) => printableLine(project));
  const range = `${base.slice(0, 8)}..${head.slice(0, 8)}`;
  return [
    touched.length === 0 ? `${range}: nothing to review` : `${range}: ${count(touched.length, 'project')} to review: ${touched.join(', ')}`,
    ...(skipped.length === 0
      ? []
      : [`changed and not reviewed, by "review.projects": ${skipped.map((name) => printableLine(name)).join(', ')}`]),
    ...(uncommitted === 0 ? [] : [`${count(uncommitted, 'file is', 'files are')} not committed and not reviewed`]),
  ];
}
