import { posix } from 'node:path';
import type { ExecutorContext, ProjectConfiguration } from '@nx/devkit';
import { minimatch } from 'minimatch';
import { programFiles, REVIEW_TARGET, type ProjectReviewRequest, type Settings, type WorkspaceProject } from '@nx-fleet/core';
import { ISSUE_TAG } from '../graph/issue-targets.js';
import { isChosen, type NamedProject } from '../graph/reviewed-projects.js';
import { rangeOfRun } from '../settings/range-of-run.js';

/** What a task compares: the range of its command, over the projects of Nx's graph. */
export function changeRequest(
  { projectGraph, nxJsonConfiguration }: Pick<ExecutorContext, 'projectGraph' | 'nxJsonConfiguration'>,
  { names, review, prompts, agents }: Pick<Settings, 'names' | 'review' | 'prompts' | 'agents'>,
): ProjectReviewRequest {
  const defaultBase = nxJsonConfiguration.defaultBase ?? nxJsonConfiguration.affected?.defaultBase;
  return {
    ...rangeOfRun(process.env, defaultBase),
    projects: workspaceProjects(projectGraph, review.projects),
    rest: names.fleetProject,
    fleetProject: names.fleetProject,
    isJudge: judges(prompts, agents),
  };
}

/** What of the repository judges its changes; undefined where nothing does. */
export function judges(prompts: Settings['prompts'], { reviewers, define }: Settings['agents']): ProjectReviewRequest['isJudge'] {
  const programs = reviewers.flatMap((name) => define[name] ?? []).map((definition) => programFiles(definition));
  const paths = programs.flatMap((program) => program.paths);
  const globs = programs.flatMap((program) => program.globs);
  if (prompts === undefined && paths.length === 0 && globs.length === 0) return undefined;
  const folders = [...(prompts === undefined ? [] : [posix.normalize(prompts).replace(/\/$/, '')]), ...paths];
  return (path) =>
    folders.some((one) => path === one || path.startsWith(`${one}/`)) || globs.some((glob) => minimatch(path, glob, { dot: true }));
}

/** Issues are projects too; their files lie where git does not look. */
function workspaceProjects(
  { nodes, dependencies }: ExecutorContext['projectGraph'],
  patterns: readonly string[],
): readonly WorkspaceProject[] {
  return Object.values(nodes)
    .filter(({ data }) => data.tags?.includes(ISSUE_TAG) !== true)
    .map(({ name, data }) => ({
      name,
      root: data.root,
      dependencies: (dependencies[name] ?? []).map(({ target }) => target).filter((target) => Object.hasOwn(nodes, target)),
      reviewedBy: reviewedBy({ name, root: data.root, tags: data.tags ?? [] }, data.targets, patterns),
    }));
}

/** A project that another plugin infers, or that has an `agent-review` of its own, gets none from nx-fleet. */
function reviewedBy(
  project: NamedProject,
  targets: ProjectConfiguration['targets'],
  patterns: readonly string[],
): WorkspaceProject['reviewedBy'] {
  if (targets?.[REVIEW_TARGET]?.executor === 'nx-fleet:gate') return 'itself';
  return isChosen(project, patterns) ? 'rest' : 'none';
}
