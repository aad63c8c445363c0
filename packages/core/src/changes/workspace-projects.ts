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
export function projectFinder(projects: readonly WorkspaceProject[]): (path: string) => WorkspaceProject | null {
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
export function dependencyNames(name: string, projects: readonly WorkspaceProject[]): ReadonlySet<string> {
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
