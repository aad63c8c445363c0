import { UserError } from '../errors/user-error.js';

/**
 * Refuses issues that wait for each other.
 * @param blockedBy blockers by project, over all issues of the fleet
 * @throws UserError that names the circle
 */
export function requireNoCircle(blockedBy: ReadonlyMap<string, readonly string[]>): void {
  const done = new Set<string>();
  const visit = (project: string, path: readonly string[]): void => {
    if (path.includes(project)) {
      const circle = [...path.slice(path.indexOf(project)), project].map((name) => `"${name}"`).join(' waits for ');
      throw new UserError(`${circle}: nothing could start. Take one of them out of --after or of the tracker's blockers.`);
    }
    if (done.has(project)) return;
    for (const blocker of blockedBy.get(project) ?? []) visit(blocker, [...path, project]);
    done.add(project);
  };
  for (const project of blockedBy.keys()) visit(project, []);
}
