import type { TreeFile } from '../git/git.js';
import { ruleFolder } from '../review/rules.js';
import type { SteeringFile } from '../review/steering.js';
import { isTest } from '../review/weakened-tests.js';

/** All files before and after a change. */
export interface WholeChange {
  readonly before: readonly TreeFile[];
  readonly after: readonly TreeFile[];
}

/** A project's part of a change, with all that its reviewers may read: what differs is the project's own. */
export interface ProjectPart extends WholeChange {
  readonly project: string;
}

export interface ChangedProjects {
  /** Projects with files that differ, those that are not reviewed among them, by name; `rest` for files outside all projects. */
  readonly names: readonly string[];
  /** @returns the part of one of them */
  readonly part: (name: string) => ProjectPart;
}

export interface PartRules {
  /** The name of the project that represents the files outside all others. */
  readonly rest: string;
  /** What rules lead to. */
  readonly steering: readonly SteeringFile[];
}

/**
 * Which projects a change touches, and their parts of it. A project's reviewers read its own files, those of all projects that it depends on but
 * not their tests, and the rules that hold in these places, as they were before. A file belongs to the project that holds its folder after the
 * change: what is left of a deleted project lies outside all of them.
 */
export function changedProjects(
  projects: readonly WorkspaceProject[],
  change: WholeChange,
  { rest, steering }: PartRules,
): ChangedProjects {
  const find = projectFinder(projects.filter(({ name }) => name !== rest));
  const ownerOf = (path: string): string => {
    const owner = find(path);
    return owner === null || owner.reviewedBy === 'rest' ? rest : owner.name;
  };
  const [before, after] = [byOwner(change.before, ownerOf), byOwner(change.after, ownerOf)];
  const names = [...new Set([...before.keys(), ...after.keys()])].filter((name) => !isSame(before.get(name) ?? [], after.get(name) ?? []));
  const foldersOf = (path: string): readonly string[] => {
    const folder = ruleFolder(path);
    const reached = steering.filter((one) => path === one.path || path.startsWith(`${one.path}/`)).flatMap(({ folders }) => folders);
    return folder === null ? reached : [folder, ...reached];
  };
  const rules = change.before.flatMap((file) => {
    const folders = foldersOf(file.path);
    return folders.length === 0 ? [] : [{ file, folders, owner: ownerOf(file.path) }];
  });
  return {
    names: names.toSorted(),
    part: (project) => {
      const needed = dependencyNames(project, projects);
      const roots = projects.filter(({ name }) => name === project || needed.has(name)).map(({ root }) => root);
      const context = [
        ...[...needed].flatMap((name) => after.get(name) ?? []).filter(({ path }) => !isTest(path) && foldersOf(path).length === 0),
        ...rules
          .filter(
            ({ owner, folders }) =>
              owner !== project && (needed.has(owner) || roots.some((root) => folders.some((folder) => isAbove(folder, root)))),
          )
          .map(({ file }) => file),
      ];
      const own = { before: before.get(project) ?? [], after: after.get(project) ?? [] };
      const fitting = filesThatFit(context, [...own.before, ...own.after]);
      return { project, before: [...own.before, ...fitting], after: [...own.after, ...fitting] };
    },
  };
}

function byOwner(files: readonly TreeFile[], ownerOf: (path: string) => string): ReadonlyMap<string, readonly TreeFile[]> {
  const owned = new Map<string, TreeFile[]>();
  for (const file of files) {
    const owner = ownerOf(file.path);
    const list = owned.get(owner);
    if (list === undefined) owned.set(owner, [file]);
    else list.push(file);
  }
  return owned;
}

function isSame(before: readonly TreeFile[], after: readonly TreeFile[]): boolean {
  if (before.length !== after.length) return false;
  const known = new Map(before.map((file) => [file.path, file]));
  return after.every(({ path, mode, object }) => known.get(path)?.object === object && known.get(path)?.mode === mode);
}

function isAbove(folder: string, root: string): boolean {
  return folder === '' || root === folder || root.startsWith(`${folder}/`);
}

/** A project of the repository, as Nx knows it. */
export interface WorkspaceProject {
  readonly name: string;
  /** From the root of the repository, with `/`; `.` for the root itself. */
  readonly root: string;
  /** Names of the projects that it depends on directly. */
  readonly dependencies: readonly string[];
  /**
   * Who reviews its changes: `rest` where they count as files outside all projects, since it cannot have a review of its own; `none` where it is
   * left out by the user.
   */
  readonly reviewedBy: 'itself' | 'rest' | 'none';
}

/** Finds the project that a file belongs to: the one with the nearest root above it; null for a file outside all projects. */
function projectFinder(projects: readonly WorkspaceProject[]): (path: string) => WorkspaceProject | null {
  const byRoot = new Map(projects.map((project) => [project.root, project]));
  const byFolder = new Map<string, WorkspaceProject | null>();
  const ofFolder = (folder: string): WorkspaceProject | null => {
    const known = byFolder.get(folder);
    if (known !== undefined) return known;
    const above = folder === '.' ? null : ofFolder(folderOf(folder));
    const found = byRoot.get(folder) ?? above;
    byFolder.set(folder, found);
    return found;
  };
  return (path) => ofFolder(folderOf(path));
}

function folderOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end < 0 ? '.' : path.slice(0, end);
}

/** Roots of all projects that one depends on, directly or not; without its own. */
function dependencyNames(name: string, projects: readonly WorkspaceProject[]): ReadonlySet<string> {
  const byName = new Map(projects.map((project) => [project.name, project]));
  const found = new Set<string>();
  const waiting = [...(byName.get(name)?.dependencies ?? [])];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next === name || found.has(next) || !byName.has(next)) continue;
    found.add(next);
    waiting.push(...(byName.get(next)?.dependencies ?? []));
  }
  return found;
}

/**
 * Those of `files` that can be in one tree with `others`, and with each other: what is a file in one commit, such as a submodule or a link, may be
 * a folder in another one.
 */
function filesThatFit(files: readonly TreeFile[], others: readonly TreeFile[]): readonly TreeFile[] {
  const taken = new Set<string>();
  const folders = new Set<string>();
  const add = ({ path }: TreeFile): void => {
    taken.add(path);
    for (const folder of foldersAbove(path)) folders.add(folder);
  };
  for (const other of others) add(other);
  return files.filter((file) => {
    const fits = !folders.has(file.path) && !foldersAbove(file.path).some((folder) => taken.has(folder));
    if (fits) add(file);
    return fits;
  });
}

function foldersAbove(path: string): readonly string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}
