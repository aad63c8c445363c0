import path from 'node:path';
import { manifestSchema, printableLine, UserError } from '@nx-fleet/core';

/** Folder of the state in the main worktree. */
export function stateDirectory(mainWorktree: string): string {
  return path.join(path.resolve(mainWorktree), '.nx-fleet');
}

/** The name, if it is an issue's project: it becomes part of paths. @throws UserError otherwise */
export function requireProjectName(project: string): string {
  if (!manifestSchema.shape.project.safeParse(project).success) {
    throw new UserError(`"${printableLine(project)}" is not an issue's project. Such a name has a-z, 0-9 and "-": issue-42.`);
  }
  return project;
}
