import type { ExecutorContext } from '@nx/devkit';
import { publishReview, PUBLISH_TARGET, requireChanges, workflowAnnotations } from '@nx-fleet/core';
import { createAdapters, type Adapters } from '../../adapters.js';
import { requireRepositoryRoot } from '../../main-worktree.js';
import { log, printJson } from '../../report/log.js';
import { reportTask } from '../../report/report.js';
import { publicationLines } from '../../report/publication-lines.js';
import { readSettings } from '../../settings/read-settings.js';
import { changeRequest } from '../change-request.js';
import type { PublishReviewExecutorSchema } from './schema.js';

/** `publish-review`: one report on all that a change touches. Fails when something blocks that is not dismissed. */
export async function publishReviewExecutor(
  { json = false }: PublishReviewExecutorSchema,
  context: ExecutorContext,
  adapters?: Adapters,
): Promise<{ success: boolean }> {
  return reportTask(async () => {
    const settings = readSettings(context.root);
    const { git, host, reviewPlace } = adapters ?? createAdapters(context.root, settings);
    await requireRepositoryRoot(context.root, { git });
    const project = settings.names.fleetProject;
    const gate = { reviewers: settings.agents.reviewers, blockOn: settings.review.blockOn };
    const request = changeRequest(context, settings);
    const changes = await requireChanges(request, { fleetProject: project, artifacts: host.artifacts }, git);
    const publication = await publishReview(changes, reviewPlace, {
      project,
      target: PUBLISH_TARGET,
      git,
      host,
      gate,
      isJudge: request.isJudge,
    });
    const { report } = publication;
    if (json) printJson({ ...report, comment: publication.comment });
    else {
      // A command of GitHub Actions begins its line.
      if (host.env['GITHUB_ACTIONS'] === 'true') for (const line of workflowAnnotations(report)) process.stdout.write(`${line}\n`);
      for (const line of publicationLines(publication)) log.info(line);
    }
    return report.verdict === 'approve';
  });
}
