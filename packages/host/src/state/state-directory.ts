import { randomBytes } from 'node:crypto';
import { link, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { manifestSchema, printableLine, UserError } from '@nx-fleet/core';
import { readFileIfPresent, writeDurably } from '@nx-fleet/system';

/** Folder of what is ours in a worktree. */
export function stateDirectory(worktree: string): string {
  return path.join(path.resolve(worktree), '.nx-fleet');
}

/** The name, if it is an issue's project: it becomes part of paths. @throws UserError otherwise */
export function requireProjectName(project: string): string {
  if (!isIssueProject(project)) {
    throw new UserError(`"${printableLine(project)}" is not an issue's project. Such a name has a-z, 0-9 and "-": issue-42.`);
  }
  return project;
}

/** Whether there can be an issue of that name. */
export function isIssueProject(project: string): boolean {
  return manifestSchema.shape.project.safeParse(project).success;
}

/** The name of any Nx project as a path below a folder: `@scope/name` is two. @throws UserError when it would lead elsewhere */
export function requireFolderName(project: string): string {
  const names = project.split('/');
  if (names.some((name) => !/^[\w@.+-]+$/.test(name) || /^\.+$/.test(name))) {
    throw new UserError(
      `Project "${printableLine(project)}" cannot be reviewed: its name cannot be a folder name. Use letters, digits, "-", "_", "." and "@".`,
    );
  }
  return project;
}

/** A random id, written once under a repository's common git directory: of all that ask at once, one writes, and all read the same. */
export async function cloneId(commonDirectory: string): Promise<string> {
  const file = path.join(commonDirectory, 'nx-fleet', 'clone-id');
  const present = await readFileIfPresent(file);
  if (present !== null) return present.trim();
  const id = randomBytes(8).toString('hex');
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}-${id}`;
  try {
    await writeDurably(temporary, `${id}\n`);
    await link(temporary, file);
    return id;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return cloneId(commonDirectory);
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}
