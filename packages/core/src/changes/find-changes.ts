import { type ChangeRange, findRange, type RangeRequest } from './change-range.js';
import { changedProjects, type ChangedProjects, type WorkspaceProject } from './project-parts.js';
import { UserError } from '../errors/user-error.js';
import type { Git, TreeFile } from '../git/git.js';
import { reachedFiles, steeringFiles } from '../review/steering.js';
import { printableLine } from '../text/printable.js';

/** What is compared, in which workspace. */
export interface ChangesRequest extends RangeRequest {
  readonly projects: readonly WorkspaceProject[];
  /** The project that represents the files outside all others. */
  readonly rest: string;
  /** Whether a file of the repository is a prompt, or part of a reviewer's program. @default none is */
  readonly isJudge?: ((path: string) => boolean) | undefined;
}

/** One project's part of a change, as trees that are in the repository. Equal parts have equal trees, whatever commits they came in. */
export interface ProjectChange {
  readonly project: string;
  /** What its reviewers may read, with the project's files as they were. */
  readonly baseTree: string;
  /** The same with the project's files as they are. */
  readonly tree: string;
  /** The prompts and programs that judge it, as they are at the base. Absent where none lies in the repository. */
  readonly judge?: string | undefined;
}

export interface Changes extends ChangeRange {
  readonly changes: readonly ProjectChange[];
  /** Projects that the change touches and that are not reviewed. */
  readonly skipped: readonly string[];
}

/** All projects that a change touches, with their parts of it. @throws UserError when there is nothing to compare with */
export async function findChanges(request: ChangesRequest, git: Git): Promise<Changes> {
  const { range, changed, judge } = await compare(request, git);
  const isReviewed = (name: string): boolean =>
    name === request.rest || request.projects.some((project) => project.name === name && project.reviewedBy === 'itself');
  const reviewed = changed.names.filter(isReviewed);
  return {
    ...range,
    changes: await writeParts(reviewed, { changed, judge }, git),
    skipped: changed.names.filter((name) => !isReviewed(name)),
  };
}

/** One project's part of a change; null when it is not touched. @throws UserError when there is nothing to compare with */
export async function findChange(project: string, request: ChangesRequest, git: Git): Promise<ProjectChange | null> {
  const { changed, judge } = await compare(request, git);
  const [change = null] = changed.names.includes(project) ? await writeParts([project], { changed, judge }, git) : [];
  return change;
}

interface Parts {
  readonly changed: ChangedProjects;
  readonly judge: string | undefined;
}

async function compare(request: ChangesRequest, git: Git): Promise<Parts & { readonly range: ChangeRange }> {
  const range = await findRange(request, git);
  const [before, after] = [await git.listFiles(range.base), await git.listFiles(range.head)];
  requireNoResults(after);
  const steering = await steeringFiles(range.base, before, git);
  const judge = request.isJudge === undefined ? undefined : await judgeTree(range.base, before, { git, isJudge: request.isJudge });
  return { range, changed: changedProjects(request.projects, { before, after }, { rest: request.rest, steering }), judge };
}

interface JudgeRequest {
  readonly git: Git;
  readonly isJudge: (path: string) => boolean;
}

/** A tree of nothing but the judges' files, with what these lead to by links, and the manifests that say how Node reads them. */
async function judgeTree(base: string, files: readonly TreeFile[], { git, isJudge }: JudgeRequest): Promise<string> {
  const starts = files.filter(({ path }) => isJudge(path));
  const reached = (await reachedFiles(base, files, { git, starts: starts.map(({ path }) => path) })).map(
    (path) => [path, `${path}/`] as const,
  );
  const isScript = starts.some(({ path }) => /\.[jt]s$/.test(path));
  const isManifest = (path: string): boolean =>
    isScript && /(?:^|\/)package\.json$/.test(path) && starts.some((start) => start.path.startsWith(path.slice(0, -'package.json'.length)));
  const wanted = files.filter(
    ({ path }) => isJudge(path) || isManifest(path) || reached.some(([one, folder]) => path === one || path.startsWith(folder)),
  );
  const [tree] = await git.writeTrees([wanted]);
  return required(tree);
}

/** Results that a change brings along would stand where those of its reviews are looked for. */
function requireNoResults(files: readonly TreeFile[]): void {
  const found = files.find(({ path }) => /^\.nx-fleet(?:\/|$)/i.test(path));
  if (found === undefined) return;
  throw new UserError(
    `"${printableLine(found.path)}" is committed. Results of stages are not taken from a commit: git rm -r --cached .nx-fleet`,
  );
}

async function writeParts(names: readonly string[], { changed, judge }: Parts, git: Git): Promise<readonly ProjectChange[]> {
  const parts = names.map(changed.part);
  const trees = await git.writeTrees(parts.flatMap(({ before, after }) => [before, after]));
  return parts.map(({ project }, index) => {
    const part = { baseTree: required(trees[2 * index]), tree: required(trees[2 * index + 1]) };
    return { project, ...part, ...(judge === undefined ? {} : { judge }) };
  });
}

function required(tree: string | undefined): string {
  if (tree === undefined) throw new Error('fewer trees were written than there are parts');
  return tree;
}
