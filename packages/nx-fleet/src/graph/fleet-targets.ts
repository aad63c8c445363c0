import type { TargetConfiguration } from '@nx/devkit';
import { CHANGES_TARGET, PUBLISH_TARGET, type Settings } from '@nx-fleet/core';
import { projectTargets } from './project-targets.js';

export const FLEET_ROOT = '.nx-fleet';

/** Targets that concern all issues, and the review of what lies outside all projects. */
export function fleetTargets(settings: Settings): Record<string, TargetConfiguration> {
  return {
    status: target('status', 'Issues and stages with time, tokens, cost and verdict'),
    report: target('report', 'What agents cost, by issue, stage and model, and what the cache saved'),
    doctor: target('doctor', 'Repairs interrupted commands and releases unused ports and databases'),
    'db-refresh': target('db-refresh', 'Refreshes the snapshot that new database branches are copied from'),
    ...(settings.review.projects.length === 0 ? {} : reviewTargets(settings)),
  };
}

function reviewTargets(settings: Settings): Record<string, TargetConfiguration> {
  return {
    [CHANGES_TARGET]: {
      ...target('changes', 'Finds the projects that a change touches, and what to review of each'),
      outputs: [`{workspaceRoot}/.nx-fleet/out/{projectName}/${CHANGES_TARGET}`],
    },
    [PUBLISH_TARGET]: {
      ...target('publish-review', 'Publishes review findings to the pull request; fails if one blocks'),
      dependsOn: [CHANGES_TARGET],
      outputs: [`{workspaceRoot}/.nx-fleet/out/{projectName}/${PUBLISH_TARGET}`],
    },
    ...projectTargets({ root: FLEET_ROOT, affectedBy: '{workspaceRoot}/**/*' }, settings),
  };
}

/** Nothing is hashed: it shows what is there now. */
function target(executor: string, description: string): TargetConfiguration {
  return {
    executor: `nx-fleet:${executor}`,
    cache: false,
    inputs: [{ externalDependencies: [] }],
    metadata: { description, technologies: ['nx-fleet'] },
  };
}
