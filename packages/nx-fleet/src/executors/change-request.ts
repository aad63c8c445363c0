import type { ExecutorContext } from '@nx/devkit';
import { REVIEW_TARGET, type ProjectReviewRequest, type Settings, type WorkspaceProject } from '@nx-fleet/core';
import { ISSUE_TAG } from '../graph/issue-targets.js';
import { rangeOfRun } from '../settings/range-of-run.js';

/** What a task compares: the range of its command, over the projects of Nx's graph. */
export function changeRequest(
  { projectGraph, nxJsonConfiguration }: Pick<ExecutorContext, 'projectGraph' | 'nxJsonConfiguration'>,
  { names }: Pick<Settings, 'names'>,
): ProjectReviewRequest {
  const defaultBase = nxJsonConfiguration.defaultBase ?? nxJsonConfiguration.affected?.defaultBase;
  return {
    ...rangeOfRun(process.env, defaultBase),
    projects: workspaceProjects(projectGraph),
    rest: names.fleetProject,
    fleetProject: names.fleetProject,
  };
}

/** Issues are projects too; their files lie where git does not look. */
function workspaceProjects({ nodes, dependencies }: ExecutorContext['projectGraph']): readonly WorkspaceProject[] {
  return Object.values(nodes)
    .filter(({ data }) => data.tags?.includes(ISSUE_TAG) !== true)
    .map(({ name, data }) => ({
      name,
      root: data.root,
      dependencies: (dependencies[name] ?? []).map(({ target }) => target).filter((target) => Object.hasOwn(nodes, target)),
      isReviewed: data.targets?.[REVIEW_TARGET]?.executor === 'nx-fleet:gate',
    }));
}
